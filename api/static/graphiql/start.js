// GraphiQL over this server: queries and mutations by POST, subscriptions by WebSocket.
// The headers tab serves both: what is written there goes with the request, or into the
// payload of connection_init.
(async () => {
  const http = `${location.origin}/graphql`;
  const socket = http.replace(/^http/, "ws");

  const isSubscription = (params, document) =>
    (document?.definitions ?? []).some(
      (each) =>
        each.kind === "OperationDefinition" &&
        each.operation === "subscription" &&
        (!params.operationName || each.name?.value === params.operationName),
    );

  const told = (error) => {
    if (Array.isArray(error)) return { errors: error };
    if (error instanceof CloseEvent) {
      return { errors: [{ message: `closed: ${error.code} ${error.reason}` }] };
    }
    return error;
  };

  const subscribe = (params, headers) => ({
    subscribe: (observer) => {
      const client = graphqlWs.createClient({
        url: socket,
        connectionParams: headers,
        retryAttempts: 0,
      });
      const stop = client.subscribe(params, {
        next: (value) => observer.next(value),
        error: (error) => observer.error(told(error)),
        complete: () => observer.complete(),
      });
      return {
        unsubscribe: () => {
          stop();
          client.dispose();
        },
      };
    },
  });

  const post = async (params, headers) => {
    const response = await fetch(http, {
      method: "POST",
      headers: {
        "Content-Type": "application/json",
        Accept: "application/graphql-response+json",
        ...headers,
      },
      body: JSON.stringify(params),
    });
    return response.json();
  };

  const fetcher = (params, options) => {
    const headers = options?.headers ?? {};
    return isSubscription(params, options?.documentAST)
      ? subscribe(params, headers)
      : post(params, headers);
  };

  const tabs = await (await fetch("/graphiql/tabs.json")).json();
  ReactDOM.createRoot(document.getElementById("graphiql")).render(
    React.createElement(GraphiQL, {
      fetcher,
      defaultTabs: tabs,
      defaultEditorToolsVisibility: "variables",
      shouldPersistHeaders: true,
      inputValueDeprecation: true,
      schemaDescription: true,
    }),
  );
})();
