"use strict";

// The page of GraphiQL. The server embeds what it opens with as JSON:
//   operations: [{name, query, variables}]  one tab each, variables being an object
//   headers: {name: value}                  sent with every request, shown in the headers pane
(() => {
  const ENDPOINT = "/graphql";
  const SEEN = "fiador:operations";
  const TABS = "graphiql:tabState";
  const HISTORY = "graphiql:queries";

  const root = document.getElementById("explorer");
  const { operations = [], headers = {} } = JSON.parse(document.getElementById("fiador-config").textContent);

  if (!window.React || !window.ReactDOM || !window.GraphiQL) {
    const notice = document.createElement("p");
    notice.className = "notice";
    notice.textContent = "GraphiQL's files are missing on the server. Run `make setup` and reload the page.";
    root.replaceChildren(notice);
    return;
  }

  const pretty = (value) => (value && Object.keys(value).length > 0 ? JSON.stringify(value, null, 2) : "");

  const readyTabs = operations.map(({ query, variables }) => ({ query, variables: pretty(variables) }));

  // The schema is asked for before the headers pane is filled, and again without it when the pane is closed.
  const headersFor = (request, typed) =>
    request.operationName === "IntrospectionQuery" ? { ...headers, ...typed } : typed;

  // For a moment after a tab was chosen GraphiQL still sends the name of the operation in the tab before.
  function withoutStaleName({ operationName, ...request }) {
    const known = operationName && new RegExp(`\\b${operationName}\\b`).test(request.query);
    return known ? { ...request, operationName } : request;
  }

  async function fetcher(request, { headers: typed } = {}) {
    const response = await fetch(ENDPOINT, {
      method: "POST",
      credentials: "omit",
      headers: {
        "Content-Type": "application/json",
        Accept: "application/graphql-response+json, application/json;q=0.9",
        ...headersFor(request, typed),
      },
      body: JSON.stringify(withoutStaleName(request)),
    });
    const text = await response.text();
    try {
      return JSON.parse(text);
    } catch {
      return { errors: [{ message: `HTTP ${response.status}: ${text.slice(0, 500) || response.statusText}` }] };
    }
  }

  // GraphiQL reopens the tabs it stored and then ignores defaultTabs, and it never shows the variables of
  // the first default tab. So the ready-made tabs are put into its store whenever they are new to this
  // browser; tabs that someone wrote keep their place behind them.
  function storeReadyTabs(store) {
    const offered = JSON.stringify(operations);
    const seen = store.getItem(SEEN);
    if (readyTabs.length === 0 || seen === offered) return;

    const replaced = new Set([...parsed(seen, []), ...operations].map(({ name }) => name));
    const own = (parsed(store.getItem(TABS), {}).tabs ?? []).filter(
      ({ query, operationName }) => query?.trim() && !replaced.has(operationName),
    );
    const tabs = readyTabs.map((tab, index) => ({
      id: `ready-${index}`,
      title: operations[index].name,
      operationName: operations[index].name,
      headers: null,
      response: null,
      ...tab,
    }));
    store.setItem(TABS, JSON.stringify({ activeTabIndex: 0, tabs: [...tabs, ...own] }));
    store.setItem("graphiql:query", readyTabs[0].query);
    store.setItem("graphiql:variables", readyTabs[0].variables);
    store.setItem(SEEN, offered);
  }

  function parsed(text, otherwise) {
    try {
      return JSON.parse(text) ?? otherwise;
    } catch {
      return otherwise;
    }
  }

  // Documents of people and passwords get typed here: what GraphiQL keeps lives as long as the browser's tab,
  // and its history, which would also keep the token, is not kept at all.
  function openStore() {
    try {
      const kept = window.sessionStorage;
      storeReadyTabs(kept);
      return {
        getItem: (key) => kept.getItem(key),
        setItem: (key, value) => key === HISTORY || kept.setItem(key, value),
        removeItem: (key) => kept.removeItem(key),
        clear: () => kept.clear(),
        get length() {
          return kept.length;
        },
      };
    } catch {
      return null; // switched off in this browser: GraphiQL then opens with defaultTabs
    }
  }

  ReactDOM.createRoot(root).render(
    React.createElement(GraphiQL, {
      fetcher,
      defaultTabs: readyTabs.length > 0 ? readyTabs : undefined,
      defaultHeaders: pretty(headers) || undefined,
      defaultEditorToolsVisibility: "variables",
      storage: openStore(),
      shouldPersistHeaders: false,
      plugins: [],
      inputValueDeprecation: true,
      schemaDescription: true,
    }),
  );
})();
