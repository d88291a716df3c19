package io.m2mgate.config;

/** What applications may have of named consumers, and what their sockets may send; immutable, shared by all threads. */
public record ConsumerSettings(int max, int idleDays, int checkSeconds, int messageBytes) {}
