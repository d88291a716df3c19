import client.ApiClient;
import client.ApiException;
import client.api.AdministrationOfTerminalsApi;
import client.api.ApplicationsApi;
import client.api.CommandsApi;
import client.api.EventsApi;
import client.api.ParametersApi;
import client.api.TerminalsApi;
import client.model.Command;
import client.model.Event;
import client.model.EventPage;
import client.model.NewApplication;
import client.model.NewCommand;
import client.model.NewTerminal;
import java.util.List;
import java.util.function.BiFunction;

/**
 * An application's programmer with a client that a generator made, and nothing else; compiled together with it. Its steps are called by
 * name, for whoever calls it knows no class of the client.
 */
public final class Journey implements BiFunction<String, List<String>, String> {
  private ApiClient client;
  private long after;

  @Override
  public String apply(String step, List<String> words) {
    try {
      switch (step) {
        case "open":
          client = of(words.get(0), words.get(1));
          return "";
        case "application":
          return new ApplicationsApi(client)
              .createApplication(new NewApplication().appCode(words.get(0)))
              .getApiKey();
        case "terminal":
          return new AdministrationOfTerminalsApi(client)
              .createTerminal(new NewTerminal()
                  .app(words.get(0))
                  .serial(words.get(1))
                  .imei(words.get(2))
                  .imsi(words.get(3))
                  .uplinkPassword(words.get(4))
                  .downlinkPassword(words.get(5)))
              .getCreated()
              .toString();
        case "state":
          return new TerminalsApi(client).readTerminal(words.get(0)).getState().getValue();
        case "suspend":
          return ended(new CommandsApi(client)
              .createCommand(
                  words.get(0),
                  new NewCommand().type(NewCommand.TypeEnum.CONTROL).control("suspendApplication"),
                  null,
                  "wait=30",
                  "journey-1"));
        case "parameters":
          return new ParametersApi(client).readParameters(words.get(0)).getPending().toString();
        case "events":
          return events(words.get(0));
        default:
          throw new IllegalArgumentException(step);
      }
    } catch (ApiException refused) {
      return refused.getCode() + " " + refused.getResponseBody();
    }
  }

  private static ApiClient of(String base, String key) {
    ApiClient client = new ApiClient();
    client.updateBaseUri(base);
    client.setRequestInterceptor(request -> request.header("Authorization", "Bearer " + key));
    return client;
  }

  private static String ended(Command command) {
    return command.getState().getValue() + " " + command.getResult();
  }

  /** One page further, with what is awaited in it; subjects and types. */
  private String events(String type) throws ApiException {
    EventPage page = new EventsApi(client)
        .pullEvents(
            after,
            null,
            null,
            null,
            type.isEmpty() ? null : List.of(type),
            null,
            null,
            100,
            "wait=30");
    after = page.getNext();
    StringBuilder text = new StringBuilder();
    for (Event event : page.getEvents()) {
      text.append(event.getType().getValue())
          .append(' ')
          .append(event.getSubject())
          .append(' ')
          .append(event.getData().get("payload"))
          .append('\n');
    }
    return text.toString();
  }
}
