package io.m2mgate.cli.simulate;

import io.m2mgate.session.CipherKind;
import io.m2mgate.session.MacKind;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Ciphers and digests as they are named on command lines. Stateless. */
public final class AlgorithmNames {
  private static final Map<String, CipherKind> CIPHERS = Map.of(
      "3des", CipherKind.TRIPLE_DES,
      "aes", CipherKind.AES_128,
      "sm4", CipherKind.SM4);
  private static final Map<String, MacKind> MACS = Map.of(
      "md5", MacKind.MD5,
      "hmac-sha256", MacKind.HMAC_SHA_256,
      "hmac-sm3", MacKind.HMAC_SM3);

  private AlgorithmNames() {}

  public static String of(CipherKind kind) {
    return name(CIPHERS, kind);
  }

  public static String of(MacKind kind) {
    return name(MACS, kind);
  }

  private static <T> String name(Map<String, T> all, T value) {
    return all.entrySet().stream()
        .filter(it -> it.getValue() == value)
        .map(Map.Entry::getKey)
        .findFirst()
        .orElseThrow();
  }

  private static <T> T named(String text, Map<String, T> values) {
    return Optional.ofNullable(values.get(text))
        .orElseThrow(() -> new TypeConversionException(
            "'" + text + "' is none of " + values.keySet().stream().sorted().toList()));
  }

  /** A cipher by its name. */
  public static final class Cipher implements ITypeConverter<CipherKind> {
    @Override
    public CipherKind convert(String text) {
      return named(text, CIPHERS);
    }
  }

  /** A digest by its name. */
  public static final class Mac implements ITypeConverter<MacKind> {
    @Override
    public MacKind convert(String text) {
      return named(text, MACS);
    }
  }
}
