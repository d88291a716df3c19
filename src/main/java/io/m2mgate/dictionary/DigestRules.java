package io.m2mgate.dictionary;

import java.util.Set;

/**
 * Which frames carry a digest and which may come without (wire.md 3).
 *
 * @param always need a good digest under every policy but off (REGISTER operation 2 does too)
 * @param skippable may come unsigned under the policy when-present, as every ack may
 * @param clearExempt unsigned unless the session is encrypted
 * @param headerOnly their digest covers the header alone, as one fielded client does it
 * @param unsignedRegisterOperations the operations of REGISTER that carry none
 * @param signedLoginResults the results of LOGIN_ACK that the platform signs
 */
public record DigestRules(
    Set<Command> always,
    Set<Command> skippable,
    Set<Command> clearExempt,
    Set<Command> headerOnly,
    Set<Integer> unsignedRegisterOperations,
    Set<Integer> signedLoginResults,
    Grade grade) {}
