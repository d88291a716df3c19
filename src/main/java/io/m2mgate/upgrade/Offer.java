package io.m2mgate.upgrade;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.m2mgate.store.CommandBody;
import io.m2mgate.store.StoredCommand.Head;
import io.m2mgate.store.StoredCommand.Mode;
import io.m2mgate.store.StoredCommand.Type;
import io.m2mgate.store.StoredCommand.Wake;
import io.m2mgate.store.StoredPackage;
import io.m2mgate.store.StoredUpgrade;
import io.m2mgate.store.UpgradeItem;

/** What a terminal is told of a package (clause 5.3.8, wire 7 "DOWNLOAD_INFO URL"). Stateless. */
public final class Offer {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final byte[] NO_BYTES = {};

  private Offer() {}

  /**
   * The URL of a file that is here.
   *
   * @param at host and port that terminals reach
   * @param withCrc16 false where the terminal computes another CRC-16 than the package's
   */
  public static String url(StoredPackage from, String at, int transaction, boolean withCrc16) {
    StringBuilder url = new StringBuilder("WMMP://").append(at).append('/').append(from.id());
    url.append(String.format("?TRANS_ID=%08X", transaction));
    url.append("&FILE_SIZE=").append(from.sizeBytes());
    if (withCrc16) {
      url.append(String.format("&CRC16=%04X", from.crc16()));
    }
    url.append(String.format("&CRC32=%08X", from.crc32()));
    return url.append("&VER_DSC=").append(from.versionDescription()).toString();
  }

  static Head command(
      StoredUpgrade upgrade,
      UpgradeItem item,
      StoredPackage from,
      String url,
      int transaction,
      long nowMillis,
      long expiresMillis) {
    ObjectNode body = JSON.createObjectNode();
    body.put(CommandBody.UPGRADE, upgrade.id());
    body.put(CommandBody.PACKAGE, from.id());
    body.put(CommandBody.VERSION, from.version());
    body.put(CommandBody.VERSION_DESCRIPTION, from.versionDescription());
    body.put(CommandBody.VERSION_BEFORE, item.versionBefore());
    body.put(CommandBody.TRANSACTION, transaction);
    body.put(CommandBody.SIZE, from.sizeBytes());
    body.put(CommandBody.SHA256, from.sha256());
    body.put(CommandBody.URL, url);
    return new Head(
        item.commandId(),
        item.serial(),
        upgrade.app(),
        Type.UPGRADE,
        "upgrade:" + upgrade.id(),
        Mode.QUEUE,
        Wake.NONE,
        false,
        true,
        body.toString(),
        NO_BYTES,
        "",
        0,
        nowMillis,
        expiresMillis);
  }
}
