package io.m2mgate.bridge.mqtt;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.List;

/** The MQTT bridge's figures. Safe for any thread. */
final class MqttFigures {

  private static final String TAKEN = "taken";
  private static final String REFUSED = "refused";
  private static final String DROPPED = "dropped";
  private static final String FAILED = "failed";

  private final MeterRegistry meters;
  private final Counter takenOver;
  private final Counter repeated;
  private final Counter gaps;
  private final Counter oversized;
  private final Counter flooded;
  private final Counter answersDropped;

  MqttFigures(MeterRegistry meters, ClientIds clients) {
    this.meters = meters;
    this.takenOver = meters.counter("m2mgate_mqtt_taken_over");
    this.repeated = meters.counter("m2mgate_mqtt_repeated");
    this.gaps = meters.counter("m2mgate_mqtt_gaps");
    this.flooded = meters.counter("m2mgate_mqtt_flooded");
    this.answersDropped = meters.counter("m2mgate_mqtt_answers_dropped");
    List.of(TAKEN, REFUSED, FAILED).forEach(this::requests);
    List.of(TAKEN, REFUSED, DROPPED).forEach(this::wills);
    this.oversized = meters.counter("m2mgate_mqtt_oversized");
    Gauge.builder("m2mgate_mqtt_connections", clients, ClientIds::size).register(meters);
  }

  void refused(String reason) {
    meters.counter("m2mgate_mqtt_refused", "reason", reason).increment();
  }

  /** @param status of the problem that it was answered with, 0 for none */
  void requested(int status) {
    requests(status == 0 ? TAKEN : status < 500 ? REFUSED : FAILED).increment();
  }

  private Counter requests(String outcome) {
    return meters.counter("m2mgate_mqtt_requests", "outcome", outcome);
  }

  /** A client that does not read gets no answers. */
  void answerDropped() {
    answersDropped.increment();
  }

  void willDropped() {
    wills(DROPPED).increment();
  }

  void will(boolean taken) {
    wills(taken ? TAKEN : REFUSED).increment();
  }

  private Counter wills(String outcome) {
    return meters.counter("m2mgate_mqtt_wills", "outcome", outcome);
  }

  void flooded() {
    flooded.increment();
  }

  void takenOver() {
    takenOver.increment();
  }

  void repeated() {
    repeated.increment();
  }

  void gap() {
    gaps.increment();
  }

  void oversized() {
    oversized.increment();
  }
}
