package io.m2mgate.bridge.mqtt;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;

/** The MQTT bridge's figures. Safe for any thread. */
final class MqttFigures {

  private final MeterRegistry meters;
  private final Counter takenOver;
  private final Counter repeated;
  private final Counter gaps;
  private final Counter oversized;
  private final Counter flooded;

  MqttFigures(MeterRegistry meters, ClientIds clients) {
    this.meters = meters;
    this.takenOver = meters.counter("m2mgate_mqtt_taken_over");
    this.repeated = meters.counter("m2mgate_mqtt_repeated");
    this.gaps = meters.counter("m2mgate_mqtt_gaps");
    this.flooded = meters.counter("m2mgate_mqtt_flooded");
    this.oversized = meters.counter("m2mgate_mqtt_oversized");
    Gauge.builder("m2mgate_mqtt_connections", clients, ClientIds::size).register(meters);
  }

  void refused(String reason) {
    meters.counter("m2mgate_mqtt_refused", "reason", reason).increment();
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
