package io.m2mgate.store;

/**
 * One value that a terminal reported.
 *
 * @param tag its tag, 0..65535
 * @param name the dictionary's name of the tag
 * @param valueJson the decoded value as JSON text; a secret's value is never here
 * @param atMillis when it was reported
 */
public record ReportedValue(int tag, String name, String valueJson, long atMillis) {}
