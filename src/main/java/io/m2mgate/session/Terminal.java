package io.m2mgate.session;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * One terminal in memory: its record, sessions, duplicate window, address and presence (behaviour 5.2.1). Owned by one lane at
 * a time; nothing of it is read elsewhere.
 */
public final class Terminal {

  private static final int TENTATIVE_SESSIONS = 2;
  private static final long ENDED_MILLIS = 300_000;

  private final String serial;
  private TerminalRecord terminalRecord;
  private Keyring keyring;
  private Optional<Identity> unsettled = Optional.empty();
  private Profile profile;
  private int profileVersion;
  private final Supplier<Profile> inForce = this::profile;

  private long lastTimestamp;
  private Optional<Session> confirmed = Optional.empty();
  private final List<Session> tentative = new ArrayList<>(TENTATIVE_SESSIONS);
  /** Empty when it must be made again. */
  private List<Session> openSessions = List.of();

  private Optional<Session> ended = Optional.empty();
  private final RecentRequests recent = new RecentRequests();
  private final VerificationFailures failures = new VerificationFailures();
  private final SyncList syncList = new SyncList();
  private final LoginCopies logins = new LoginCopies();
  private Facts facts = new Facts();

  private final Whereabouts place = new Whereabouts();
  private Optional<Segments> segments = Optional.empty();
  private boolean online;
  private boolean silent;
  private int reportedHeartbeatSeconds;

  public Terminal(
      TerminalRecord terminalRecord, Keyring keyring, Profile profile, int profileVersion) {
    this.serial = terminalRecord.serial();
    this.terminalRecord = terminalRecord;
    this.keyring = keyring;
    this.profile = profile;
    this.profileVersion = profileVersion;
  }

  /**
   * Takes over what was stored. Sessions count as heard at {@code nowMillis}, 0 for a terminal that never was: a restart of the
   * platform is not the terminal's silence.
   */
  public void restore(SessionState stored, List<UplinkMark> newestFirst, long nowMillis) {
    lastTimestamp = stored.lastTimestamp();
    confirmed = stored.confirmed().flatMap(this::session);
    stored.tentative().forEach(token -> session(token).ifPresent(tentative::add));
    ended = stored.ended().flatMap(this::session);
    ended.ifPresent(session -> logins.spare(session.token().endedMillis()));
    openSessions = List.of();
    online = stored.online();
    silent = stored.silent();
    place.restore(nowMillis);
    facts = Facts.of(stored.factsJson());
    settle();
    recent.restore(newestFirst);
    for (UplinkMark mark : newestFirst) {
      for (Session session : openSessions()) {
        if (session.token().timestamp() == mark.session()) {
          session.sequences().restore(mark.sequence());
        }
      }
    }
  }

  /** Empty when the secrets that opened it are not valid any more. */
  private Optional<Session> session(SessionToken token) {
    return keyring.find(token).map(identity -> new Session(token, identity, inForce));
  }

  /** What must be stored of its sessions. */
  public SessionState state() {
    if (place.heardMillis() > 0) {
      facts.expect(heartbeatSeconds());
    }
    return new SessionState(
        lastTimestamp,
        confirmed.map(Session::token),
        tentative.stream().map(Session::token).toList(),
        ended.map(Session::token),
        online,
        online && silent,
        place.heardMillis(),
        facts.toJson());
  }

  /** Its record or its secrets were changed, by an administrator, a registration or a rotation. */
  public void renew(
      TerminalRecord changed, Keyring changedKeyring, Profile changedProfile, int version) {
    terminalRecord = changed;
    keyring = changedKeyring;
    profile = changedProfile;
    profileVersion = version;
    confirmed = confirmed.filter(this::renewed);
    ended = ended.filter(this::renewed);
    tentative.removeIf(session -> !renewed(session));
    openSessions = List.of();
    settle();
  }

  /** False when the secrets that opened the session are not valid any more. */
  private boolean renewed(Session session) {
    Optional<Identity> found = keyring.find(session.token());
    found.ifPresent(session::identity);
    return found.isPresent();
  }

  /** The session in force decides which secrets and which IMSI are the terminal's; the store may not know yet. */
  private void settle() {
    if (confirmed.isPresent()) {
      Session session = confirmed.get();
      Identity with = session.identity();
      Keyring settled = keyring.confirmedBy(with);
      if (settled != keyring) {
        keyring = settled;
        unsettled = Optional.of(unsettled.map(with::after).orElse(with));
        session.identity(settled.current());
        tentative.removeIf(open -> !renewed(open));
        openSessions = List.of();
      }
    }
  }

  /** What a session was opened with that the store has as pending, once; {@link Identity#rebinding} when its IMSI is. */
  public Optional<Identity> takeUnsettled() {
    Optional<Identity> taken = unsettled;
    unsettled = Optional.empty();
    return taken;
  }

  /** The store could not be told of this. */
  public void unsettle(Identity untold) {
    unsettled = Optional.of(unsettled.map(later -> later.after(untold)).orElse(untold));
  }

  /** Another terminal has the IMSI that sessions were opened under: the bound one stays, and they are over. */
  public void unbind(Identity untaken) {
    keyring = Keyring.of(
        terminalRecord,
        keyring.current().secrets(),
        keyring.pending().map(Identity::secrets),
        Optional.empty());
    drop(session -> session.identity().sameImsi(untaken));
    place.leave();
    failures.refusedImsi(Optional.of(untaken.imsiText()));
  }

  /**
   * Confirmed first, then the tentative ones, newest first: the order in which a digest is tried. Kept between changes, for
   * every frame asks.
   */
  public List<Session> openSessions() {
    if (openSessions.isEmpty() && hasSession()) {
      List<Session> open = new ArrayList<>(1 + tentative.size());
      confirmed.ifPresent(open::add);
      for (int i = tentative.size() - 1; i >= 0; i--) {
        open.add(tentative.get(i));
      }
      openSessions = List.copyOf(open);
    }
    return openSessions;
  }

  /** The session that was opened last; ask {@link #hasSession} first. */
  public Session latest() {
    return tentative.isEmpty() ? confirmed.orElseThrow() : tentative.get(tentative.size() - 1);
  }

  /** Drops tentative sessions and kept ended ones that are past their time. */
  public void expire(long nowMillis) {
    if (!tentative.isEmpty()
        && tentative.removeIf(session -> session.token().lapsedAt(nowMillis))) {
      openSessions = List.of();
    }
    if (ended.isPresent() && nowMillis - ended.get().token().endedMillis() > ENDED_MILLIS) {
      ended = Optional.empty();
    }
  }

  /** LOGOUT ended its session and no other was opened: memory need not keep it, the store has what a repeat and a LOGIN need. */
  public boolean loggedOut() {
    return !hasSession() && ended.isPresent() && !online && unsettled.isEmpty();
  }

  public boolean hasSession() {
    return confirmed.isPresent() || !tentative.isEmpty();
  }

  /** The open tentative session that a LOGIN of this content repeats: the last one only, while it has its time. */
  public Optional<Session> repeated(Identity provenBy, long loginHash, long nowMillis) {
    expire(nowMillis);
    return tentative.isEmpty()
        ? Optional.empty()
        : Optional.of(latest())
            .filter(last -> last.token().loginHash() == loginHash && last.openedBy(provenBy));
  }

  /** The session in force, where a LOGIN of this content opened it. */
  public Optional<Session> inForceBy(Identity provenBy, long loginHash) {
    return confirmed.filter(
        session -> session.token().loginHash() == loginHash && session.openedBy(provenBy));
  }

  /** Opens a tentative session under a new token, greater than any given before. The oldest of three is dropped. */
  public Session open(Identity provenBy, boolean shortImei, long loginHash, long nowMillis) {
    lastTimestamp = Math.max(nowMillis / 1000, lastTimestamp + 1);
    SessionToken token = new SessionToken(
        lastTimestamp,
        shortImei,
        loginHash,
        nowMillis,
        0,
        provenBy.secrets().generation(),
        !provenBy.boundTo(terminalRecord));
    Session opened = new Session(token, provenBy, inForce);
    if (tentative.size() == TENTATIVE_SESSIONS) {
      tentative.remove(0);
    }
    tentative.add(opened);
    openSessions = List.of();
    return opened;
  }

  /** Takes back sessions whose frames cannot be served (any more); their tokens are never given again. */
  public void drop(Predicate<Session> unusable) {
    confirmed = confirmed.filter(unusable.negate());
    tentative.removeIf(unusable);
    ended = ended.filter(unusable.negate());
    openSessions = List.of();
  }

  /** Where the number of a short message is the proof: a session of that message alone, in whose replay window nothing is. */
  public Session ofMessage() {
    Identity current = keyring.current();
    return new Session(
        new SessionToken(
            RecentRequests.BY_MESSAGE,
            false,
            0,
            0,
            0,
            current.secrets().generation(),
            current.rebinding()),
        current,
        inForce);
  }

  public boolean isTentative(Session session) {
    return tentative.contains(session);
  }

  /** A frame verified under this tentative session: it is in force, older ones are over. */
  public void confirm(Session session) {
    int at = tentative.indexOf(session);
    tentative.subList(0, at + 1).clear();
    confirmed = Optional.of(session);
    openSessions = List.of();
    facts.login(session.login());
    settle();
  }

  /** LOGOUT ended the session in force. */
  public void end(long nowMillis) {
    logins.spare(nowMillis);
    ended = confirmed.map(session -> session.ended(nowMillis));
    confirmed = Optional.empty();
    openSessions = List.of();
    place.leave();
  }

  /** A new, verified frame came from here. */
  public void heard(Origin origin, long nowMillis) {
    if (place.heard(origin, nowMillis)) {
      facts.path(origin);
    }
  }

  /** Where it is, as far as its frames show. */
  public Whereabouts place() {
    return place;
  }

  /** Seconds between heartbeats: as reported, else the profile's. */
  public int heartbeatSeconds() {
    return reportedHeartbeatSeconds > 0 ? reportedHeartbeatSeconds : profile.heartbeatSeconds();
  }

  public boolean silentAt(long nowMillis) {
    return nowMillis - place.heardMillis()
        > (heartbeatSeconds() + (long) profile.silenceSeconds()) * 1000;
  }

  public void reportedHeartbeat(int seconds) {
    reportedHeartbeatSeconds = seconds;
  }

  public void online(boolean is) {
    online = is;
  }

  /** An expected heartbeat did not come; says nothing of one that is not online. */
  public boolean silent() {
    return silent;
  }

  public void silent(boolean is) {
    silent = is;
  }

  public boolean online() {
    return online;
  }

  public void profile(Profile inForce, int version) {
    profile = inForce;
    profileVersion = version;
  }

  public String serial() {
    return serial;
  }

  public TerminalRecord terminalRecord() {
    return terminalRecord;
  }

  public Keyring keyring() {
    return keyring;
  }

  public Profile profile() {
    return profile;
  }

  public int profileVersion() {
    return profileVersion;
  }

  public Optional<Session> confirmed() {
    return confirmed;
  }

  public Optional<Session> ended() {
    return ended;
  }

  public RecentRequests recent() {
    return recent;
  }

  public VerificationFailures failures() {
    return failures;
  }

  public LoginCopies logins() {
    return logins;
  }

  /** What of it travels in parts; empty while nothing does. */
  public Optional<Segments> segments() {
    return segments;
  }

  public void segments(Optional<Segments> now) {
    segments = now;
  }

  public SyncList syncList() {
    return syncList;
  }

  public Facts facts() {
    return facts;
  }
}
