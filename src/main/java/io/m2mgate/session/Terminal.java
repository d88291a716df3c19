package io.m2mgate.session;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * One terminal in memory: its record, sessions, duplicate window, address and presence (behaviour 5.2.1). Owned by one lane at
 * a time; nothing of it is read elsewhere.
 */
public final class Terminal implements Session.Policies {

  private static final int TENTATIVE_SESSIONS = 2;
  private static final long ENDED_MILLIS = 300_000;

  private final String serial;
  private TerminalRecord terminalRecord;
  private Keyring keyring;
  private Optional<Identity> unsettled = Optional.empty();
  private Profile profile;
  private int profileVersion;

  private long lastTimestamp;
  private Optional<Session> confirmed = Optional.empty();
  /** Oldest first; replaced when it changes, for an idle terminal has none. */
  private List<Session> tentative = List.of();
  /** Empty when it must be made again. */
  private List<Session> openSessions = List.of();

  private Optional<Session> ended = Optional.empty();
  private final RecentRequests recent = new RecentRequests();
  private final Lapses lapses = new Lapses();
  private final SyncList syncList = new SyncList();
  private Facts facts = new Facts();

  private final Whereabouts place = new Whereabouts();
  private Optional<Segments> segments = Optional.empty();
  private boolean online;
  private boolean silent;
  private boolean asleep;
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
    tentative =
        stored.tentative().stream().map(this::session).flatMap(Optional::stream).toList();
    ended = stored.ended().flatMap(this::session);
    ended.ifPresent(session -> lapses.logins().spare(session.token().endedMillis()));
    openSessions = List.of();
    online = stored.online();
    silent = stored.silent();
    asleep = stored.asleep();
    place.restore(nowMillis);
    facts = Facts.of(stored.factsJson());
    settle();
    recent.restore(newestFirst);
    openSessions().forEach(session -> session.restore(newestFirst));
  }

  /** Empty when the secrets that opened it are not valid any more. */
  private Optional<Session> session(SessionToken token) {
    return keyring.find(token).map(identity -> new Session(token, identity, this));
  }

  private void keepTentative(Predicate<Session> these) {
    tentative =
        tentative.isEmpty() ? tentative : tentative.stream().filter(these).toList();
  }

  /** What must be stored of its sessions. */
  public SessionState state() {
    if (place.heardMillis() > 0) {
      facts.expect(connectionMode().beats() ? heartbeatSeconds() : 0);
    }
    return new SessionState(
        lastTimestamp,
        confirmed.map(Session::token),
        tentative.stream().map(Session::token).toList(),
        ended.map(Session::token),
        online,
        online && silent,
        place.heardMillis(),
        asleep && !online,
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
    keepTentative(this::renewed);
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
        keepTentative(this::renewed);
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
    lapses.failures().refusedImsi(Optional.of(untaken.imsiText()));
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
    // The oldest is the first to lapse.
    if (!tentative.isEmpty() && tentative.get(0).token().lapsedAt(nowMillis)) {
      keepTentative(session -> !session.token().lapsedAt(nowMillis));
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
        : Optional.of(latest()).filter(last -> last.openedBy(provenBy, loginHash));
  }

  /** The session in force, where a LOGIN of this content opened it. */
  public Optional<Session> inForceBy(Identity provenBy, long loginHash) {
    return confirmed.filter(session -> session.openedBy(provenBy, loginHash));
  }

  /** Opens a tentative session under a new token, greater than any given before. The oldest of three is dropped. */
  public Session open(Identity provenBy, boolean shortImei, long loginHash, long nowMillis) {
    lastTimestamp = Math.max(nowMillis / 1000, lastTimestamp + 1);
    boolean rebinding = !provenBy.boundTo(terminalRecord);
    SessionToken token =
        SessionToken.of(lastTimestamp, shortImei, loginHash, nowMillis, provenBy, rebinding);
    Session opened = new Session(token, provenBy, this);
    int dropped = tentative.size() == TENTATIVE_SESSIONS ? 1 : 0;
    tentative =
        Stream.concat(tentative.stream().skip(dropped), Stream.of(opened)).toList();
    openSessions = List.of();
    return opened;
  }

  /** Takes back sessions whose frames cannot be served (any more); their tokens are never given again. */
  public void drop(Predicate<Session> unusable) {
    confirmed = confirmed.filter(unusable.negate());
    keepTentative(unusable.negate());
    ended = ended.filter(unusable.negate());
    openSessions = List.of();
  }

  /** Where the number of a short message is the proof: a session of that message alone, in whose replay window nothing is. */
  public Session ofMessage() {
    return Session.ofMessage(keyring.current(), this);
  }

  public boolean isTentative(Session session) {
    return tentative.contains(session);
  }

  /** A frame verified under this tentative session: it is in force, older ones are over. */
  public void confirm(Session session) {
    int at = tentative.indexOf(session);
    tentative = List.copyOf(tentative.subList(at + 1, tentative.size()));
    session.confirmed();
    confirmed = Optional.of(session);
    openSessions = List.of();
    place.confirmed();
    facts.login(session.login());
    settle();
  }

  /** LOGOUT ended the session in force. */
  public void end(long nowMillis) {
    lapses.logins().spare(nowMillis);
    ended = confirmed.map(session -> session.ended(nowMillis));
    confirmed = Optional.empty();
    openSessions = List.of();
    place.leave();
  }

  /** A new, verified frame came from here. */
  public void heard(Origin origin, long nowMillis) {
    if (place.heard(origin, nowMillis, facts.byMessages(profile))) {
      facts.path(origin);
    }
  }

  /** A frame came from here that proves nothing. */
  public void beat(Origin origin, long nowMillis) {
    if (place.beat(origin, nowMillis)) {
      facts.path(origin);
    }
  }

  /** Where it was last verified as far as the store knows: there it is reached before it says anything. */
  public void returnTo(Origin verifiedAt) {
    place.restore(verifiedAt);
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
    asleep = asleep && !is;
  }

  /** Its short connection is over in good order; until it is online again. */
  public void sleep() {
    asleep = true;
  }

  /** How it keeps its connection: by its own word, else as is desired, else long. */
  public ConnectionMode connectionMode() {
    return facts.connectionMode();
  }

  /** On a short connection and not there: what is for it waits until it is heard, for its address is nobody's now (5.2.2). */
  public boolean dormant() {
    return !online && connectionMode().isShort();
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

  /** What went wrong with its frames and logins. */
  public Lapses lapses() {
    return lapses;
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
