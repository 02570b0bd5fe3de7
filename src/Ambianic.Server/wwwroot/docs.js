// Shows the description of the REST API. Nothing is fetched from elsewhere.
const main = document.querySelector("#calls");

function element(name, ...children) {
  const made = document.createElement(name);
  made.append(...children);
  return made;
}

const typeOf = schema => !schema ? "" : schema.$ref ? schema.$ref.split("/").pop() : [schema.type ?? (schema.oneOf ?? schema.anyOf ?? []).map(typeOf)].flat().join(" or ");

function table(heads, rows) {
  const made = element("table", element("tr", ...heads.map(head => element("th", head))));
  made.append(...rows.map(row => element("tr", ...row.map(cell => element("td", cell)))));
  return made;
}

function showCall(path, method, call) {
  const made = element("details", element("summary", element("b", method.toUpperCase()), " ", element("code", path), call.summary ? `: ${call.summary}` : ""));
  if (call.parameters?.length) {
    made.append(table(["parameter", "in", "type", "meaning"],
      call.parameters.map(({ name, in: place, schema, description }) => [name, place, typeOf(schema), description ?? ""])));
  }
  const body = call.requestBody?.content?.["application/json"]?.schema;
  if (body) made.append(element("p", "Body: ", element("code", typeOf(body))));
  made.append(table(["status", "answer", "type"], Object.entries(call.responses ?? {}).map(([status, { description, content }]) =>
    [status, description ?? "", typeOf(Object.values(content ?? {})[0]?.schema)])));
  return made;
}

function showType(name, schema) {
  const made = element("details", element("summary", element("code", name)));
  made.append(element("pre", JSON.stringify(schema.properties ?? schema, null, 2)));
  return made;
}

try {
  const answer = await fetch("openapi.json");
  if (!answer.ok) throw new Error(`${answer.status} ${answer.statusText}`);
  const { paths, components } = await answer.json();
  main.replaceChildren(
    ...Object.entries(paths).flatMap(([path, calls]) => Object.entries(calls).map(([method, call]) => showCall(path, method, call))),
    element("h2", "Types"),
    ...Object.entries(components?.schemas ?? {}).map(([name, schema]) => showType(name, schema)));
} catch (error) {
  main.replaceChildren(`The description cannot be read: ${error.message}. Reload the page when Ambianic runs.`);
}
