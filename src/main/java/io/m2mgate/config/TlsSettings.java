package io.m2mgate.config;

import java.nio.file.Path;
import java.util.Optional;

/** TLS of one listener; immutable, shared by all threads. When enabled, both files are present and readable. */
public record TlsSettings(
    boolean enabled, Optional<Path> certificateFile, Optional<Path> keyFile) {}
