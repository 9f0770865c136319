// A Jira in which every text that a person of that Jira could have typed is an attack: a folder of answers
// for `traceline dev --recorded`, one work item, status, priority, version, sprint and person per payload.
//
// Names that the tests look for begin with a plain word, the attack follows it.
import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PAYLOADS } from "./payloads.ts";

type Json = Record<string, unknown>;

/** Key of the one Jira project. */
export const PROJECT_KEY = "HOS";

/** The summary of the work item `HOS-(at + 1)`. */
export const summaryOf = (at: number): string => `Summary ${PAYLOADS[at]}`;

/** A payload of its own for each kind of name, so that no two names hide one another. */
const attack = (at: number): string => PAYLOADS[at % PAYLOADS.length];

const SITE = "https://hostile.example";

/** A rich text in which each attribute that can carry a text or an address carries the payload. */
function richText(payload: string): Json {
  const text = (marks?: Json[]): Json => ({ type: "text", text: payload, ...(marks && { marks }) });
  const paragraph = (...content: Json[]): Json => ({ type: "paragraph", content });
  return {
    type: "doc",
    version: 1,
    content: [
      { type: "heading", attrs: { level: 2 }, content: [text()] },
      paragraph(text(), text([{ type: "link", attrs: { href: payload, title: payload } }])),
      paragraph(text([{ type: "textColor", attrs: { color: payload } }]), text([{ type: payload }])),
      paragraph(
        { type: "mention", attrs: { id: payload, text: payload, accessLevel: payload } },
        { type: "emoji", attrs: { shortName: payload, text: payload } },
        { type: "status", attrs: { text: payload, color: payload, style: payload } },
        { type: "inlineCard", attrs: { url: payload } },
        { type: "date", attrs: { timestamp: payload } },
        { type: "placeholder", attrs: { text: payload } },
      ),
      { type: "codeBlock", attrs: { language: payload }, content: [text()] },
      { type: "panel", attrs: { panelType: payload }, content: [paragraph(text())] },
      { type: "expand", attrs: { title: payload }, content: [paragraph(text())] },
      { type: "blockCard", attrs: { url: payload } },
      { type: "mediaSingle", content: [{ type: "media", attrs: { type: "external", url: payload, alt: payload } }] },
      { type: "taskList", attrs: { localId: payload }, content: [{ type: "taskItem", attrs: { localId: "1", state: payload }, content: [text()] }] },
      { type: "orderedList", attrs: { order: payload }, content: [{ type: "listItem", content: [paragraph(text())] }] },
      {
        type: "table",
        content: [{ type: "tableRow", content: [{ type: "tableCell", attrs: { background: payload, colspan: payload }, content: [paragraph(text())] }] }],
      },
      { type: payload, attrs: { text: payload }, content: [text()] },
    ],
  };
}

/** The same in wiki markup. */
const wikiText = (payload: string): string =>
  [
    `h2. ${payload}`,
    `${payload} *${payload}* _${payload}_ {{${payload}}}`,
    `[${payload}] [${payload}|${payload}] [~${payload}]`,
    `!${payload}! !${payload}|alt=${payload}!`,
    `{color:${payload}}${payload}{color}`,
    `{code:${payload}}${payload}{code}`,
    `{panel:title=${payload}|bgColor=${payload}}${payload}{panel}`,
    `{noformat}${payload}{noformat}`,
    `{quote}${payload}{quote}`,
    `{anchor:${payload}}`,
    `||${payload}||\n|${payload}|`,
    `* ${payload}\n# ${payload}`,
  ].join("\n\n");

function world(cloud: boolean): Json {
  const api = `${SITE}/rest/api/${cloud ? 3 : 2}`;
  const named = (kind: string, id: number, name: string, more: Json = {}): Json => ({
    self: `${api}/${kind}/${id}`,
    id: String(id),
    name,
    description: attack(id),
    iconUrl: attack(id + 1),
    ...more,
  });
  const types = ["Story", "Task", "Bug"].map((word, at) => named("issuetype", 10_000 + at, `${word} ${attack(at)}`, { subtask: false, hierarchyLevel: 0 }));
  const category = (at: number): Json => {
    const [id, key, name] = ([[2, "new", "To Do"], [4, "indeterminate", "In Progress"], [3, "done", "Done"]] as const)[at % 3];
    return { self: `${api}/statuscategory/${id}`, id, key, colorName: "yellow", name };
  };
  const person = (at: number): Json => ({
    self: `${api}/user?x=${at}`,
    ...(cloud ? { accountId: `person-${at}`, accountType: "atlassian" } : { name: `person-${at}`, key: `JIRAUSER${at}` }),
    emailAddress: `${at}@hostile.example`,
    displayName: `Person ${attack(at)}`,
    avatarUrls: { "48x48": attack(at), "24x24": attack(at) },
    active: true,
    timeZone: attack(at),
  });
  const severity = PAYLOADS.slice(0, 40).map((payload, at) => ({ self: `${api}/customFieldOption/${at}`, id: String(20_000 + at), value: `Severity ${payload}` }));
  const project = { self: `${api}/project/10100`, id: "10100", key: PROJECT_KEY, name: `Project ${attack(33)}` };
  const field = (name: string, schema: Json, more: Json = {}): Json => ({ required: false, name, schema, hasDefaultValue: false, operations: ["set"], ...more });
  const board = { id: 7, self: `${SITE}/rest/agile/1.0/board/7`, name: `Board ${attack(58)}`, type: "scrum", location: { projectId: 10_100, displayName: attack(3) } };
  const day = (at: number): string => new Date(Date.UTC(2026, 0, 1 + at * 4)).toISOString();
  const priorities = PAYLOADS.map((payload, at) => named("priority", 300 + at, `Priority ${payload}`, { statusColor: payload }));
  const sprint = (at: number): Json => ({
    id: 500 + at,
    self: `${SITE}/rest/agile/1.0/sprint/${500 + at}`,
    state: at % 3 === 0 ? "active" : "future",
    name: `Sprint ${attack(at)}`,
    goal: attack(at),
    startDate: day(at),
    endDate: day(at + 3),
    originBoardId: 7,
  });
  const version = (at: number): Json => ({
    self: `${api}/version/${700 + at}`,
    id: String(700 + at),
    name: `Version ${attack(at)}`,
    description: attack(at),
    archived: false,
    released: at % 4 === 0,
    ...(at % 2 === 0 && { startDate: day(at).slice(0, 10), releaseDate: day(at + 9).slice(0, 10) }),
    projectId: 10_100,
  });
  const body = (payload: string): unknown => (cloud ? richText(payload) : wikiText(payload));
  const issues = PAYLOADS.map((payload, at) => ({
    id: String(30_000 + at),
    self: `${api}/issue/${30_000 + at}`,
    key: `${PROJECT_KEY}-${at + 1}`,
    fields: {
      project,
      summary: summaryOf(at),
      issuetype: types[at % 3],
      status: named("status", 100 + at, `Status ${payload}`, { statusCategory: category(at) }),
      priority: priorities[at],
      resolution: at % 3 === 2 ? named("resolution", 400 + at, `Resolution ${payload}`) : null,
      labels: [payload.replace(/\s/g, "")],
      components: [named("component", 600 + at, `Component ${payload}`)],
      assignee: person(at),
      reporter: person(at + 1),
      creator: person(at + 2),
      fixVersions: [version(at)],
      versions: [version(at)],
      created: "2026-01-05T09:00:00.000+0000",
      updated: "2026-02-05T09:00:00.000+0000",
      duedate: day(at).slice(0, 10),
      description: body(payload),
      environment: body(payload),
      customfield_10001: severity[at % severity.length],
      customfield_10002: payload,
      customfield_10003: day(at).slice(0, 10),
      customfield_10004: body(payload),
    },
  }));
  const fields = {
    summary: field("Summary", { type: "string", system: "summary" }, { required: true }),
    issuetype: field("Issue Type", { type: "issuetype", system: "issuetype" }, { required: true, allowedValues: types }),
    priority: field("Priority", { type: "priority", system: "priority" }, { allowedValues: priorities }),
    customfield_10001: field(`Severity ${attack(60)}`, { type: "option", custom: "com.atlassian.jira.plugin.system.customfieldtypes:select", customId: 10_001 }, { allowedValues: severity }),
    customfield_10002: field(`Notes ${attack(61)}`, { type: "string", custom: "com.atlassian.jira.plugin.system.customfieldtypes:textfield", customId: 10_002 }),
    customfield_10003: field(`Target ${attack(62)}`, { type: "date", custom: "com.atlassian.jira.plugin.system.customfieldtypes:datepicker", customId: 10_003 }),
    customfield_10004: field(`Criteria ${attack(63)}`, { type: "string", custom: "com.atlassian.jira.plugin.system.customfieldtypes:textarea", customId: 10_004 }),
  };
  return {
    projects: [project],
    boards: [board],
    sprints: PAYLOADS.slice(0, 60).map((_, at) => sprint(at)),
    createmeta: { expand: "projects", projects: [{ ...project, issuetypes: types.map((kind) => ({ ...kind, fields })) }] },
    issues,
  };
}

/** Writes the folder; the caller removes it. */
export function writeHostileWorld(): string {
  const folder = mkdtempSync(join(tmpdir(), "traceline-hostile-"));
  for (const [name, cloud] of [["rest-cloud", true], ["rest-dc", false]] as const) {
    mkdirSync(join(folder, name));
    writeFileSync(join(folder, name, "world.json"), JSON.stringify(world(cloud)));
  }
  return folder;
}
