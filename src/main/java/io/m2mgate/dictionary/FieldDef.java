package io.m2mgate.dictionary;

/**
 * One fixed field of a command or of a struct: where it is and how it is read.
 *
 * @param offset from the start of the body or value
 * @param size in bytes, or -1 where the size is the value of {@code sizeFrom} or all that is left
 * @param sizeFrom the name of the field that holds this one's size, or empty
 * @param visibleText text ends at the first byte outside 0x21..0x7E instead of the first zero byte
 */
public record FieldDef(
    String name,
    FieldType type,
    int offset,
    int size,
    String sizeFrom,
    boolean visibleText,
    String meaning,
    Grade grade) {}
