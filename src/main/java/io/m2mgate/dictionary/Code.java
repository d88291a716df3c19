package io.m2mgate.dictionary;

/**
 * One value of a coded field: a result, a reason, an operation.
 *
 * @param name the symbolic name in camelCase, stable towards applications
 * @param success whether the value means that the request was served
 */
public record Code(int code, String name, String meaning, boolean success, Grade grade) {}
