package io.m2mgate.bridge;

import io.m2mgate.bridge.InvalidRequest.Fault;
import io.m2mgate.store.StoreFault;
import java.util.List;
import java.util.Optional;

/** What the expected failures are as problems, the same on every bridge. Stateless. */
public final class Problems {

  private Problems() {}

  /** Empty for what nobody expected, which is to be logged and answered with {@link ProblemType#INTERNAL_ERROR}. */
  public static Optional<Problem> known(Throwable cause) {
    if (cause instanceof Problem problem) {
      return Optional.of(problem);
    }
    if (cause instanceof InvalidRequest invalid) {
      return Optional.of(
          Problem.of(ProblemType.INVALID_REQUEST, invalid.getMessage(), invalid.faults()));
    }
    if (cause instanceof AccessRefused refused) {
      return Optional.of(of(refused));
    }
    return cause instanceof StoreFault fault ? Optional.of(of(fault)) : Optional.empty();
  }

  private static Problem of(AccessRefused refused) {
    return switch (refused.reason()) {
      case UNAUTHENTICATED ->
        Problem.of(
                ProblemType.UNAUTHENTICATED,
                "send Authorization: Bearer <key> with a key that is in force")
            .with("WWW-Authenticate", "Bearer realm=\"m2mgate\"");
      case SESSION_EXPIRED ->
        Problem.of(
                ProblemType.SESSION_EXPIRED,
                "open another session, or ask for another token, with the key")
            .with("WWW-Authenticate", "Bearer realm=\"m2mgate\", error=\"invalid_token\"");
      case ADDRESS_NOT_ALLOWED ->
        Problem.of(
            ProblemType.ADDRESS_NOT_ALLOWED, "the application is limited to other addresses");
      case APP_DISABLED ->
        Problem.of(ProblemType.APP_DISABLED, "an administrator disabled this application");
      case BUSY ->
        Problem.of(ProblemType.QUOTA_EXCEEDED, "too many keys are being verified, try again")
            .with("Retry-After", "1");
    };
  }

  private static Problem of(StoreFault fault) {
    return switch (fault.kind()) {
      case CONFLICT ->
        Problem.of(
            ProblemType.ALREADY_EXISTS,
            "another record has this " + fault.subject(),
            List.of(Fault.of("/" + fault.subject(), "taken")));
      case NOT_FOUND -> notFound(fault.subject());
      case IN_USE ->
        Problem.of(
            ProblemType.IN_USE,
            fault.subject().equals("package")
                ? "an upgrade names it"
                : "terminals still refer to it");
      case STALE ->
        Problem.of(ProblemType.PRECONDITION_FAILED, "the record has another revision by now");
      case UNAVAILABLE ->
        Problem.of(ProblemType.STORE_UNAVAILABLE, "try again later").with("Retry-After", "2");
    };
  }

  private static Problem notFound(String subject) {
    return switch (subject) {
      case "terminal" -> unknownTerminal();
      case "application" ->
        Problem.of(ProblemType.APPLICATION_UNKNOWN, "no application of this code");
      case "cursor" -> badCursor();
      case "key" -> Problem.of(ProblemType.KEY_UNKNOWN, "no key of this id");
      case "profile" -> Problem.of(ProblemType.PROFILE_UNKNOWN, "no profile of this name");
      default -> Problem.of(ProblemType.NOT_FOUND, "no such " + subject);
    };
  }

  /** A cursor that no page gave. */
  public static Problem badCursor() {
    return Problem.of(
        ProblemType.MALFORMED_REQUEST,
        "the cursor cannot be decoded",
        List.of(Fault.of("?cursor", "no cursor of this list", "next of the page before, or none")));
  }

  /** Somebody else's terminal is answered as one that does not exist. */
  public static Problem unknownTerminal() {
    return Problem.of(
        ProblemType.TERMINAL_UNKNOWN, "no terminal of this serial is known to the caller");
  }
}
