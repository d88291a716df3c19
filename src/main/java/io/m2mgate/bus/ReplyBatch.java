package io.m2mgate.bus;

import java.util.List;

/** Answers of one pass, to be sealed. */
public record ReplyBatch(List<Reply> replies) {}
