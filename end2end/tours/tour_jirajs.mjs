// A tour with `jira.js`, the Jira client of the npm registry that is looked after: version 6 on Cloud, where
// it checks every answer against a schema of its own, and version 5 on Data Center, which version 6 has left.

import { readFileSync } from "node:fs";
import { createAgileClient, createCloudClient } from "jira.js";
import { AgileClient, Version2Client } from "jira.js-5";

let passed = 0;
let failed = 0;

async function step(site, title, action) {
    const label = `jira.js, ${site.kind}: ${title}`;
    try {
        const outcome = await action();
        passed += 1;
        console.log(`ok     ${label}`);
        return outcome;
    } catch (error) {
        failed += 1;
        console.log(`not ok ${label}`);
        console.log(String(error.stack ?? error).split("\n").slice(0, 8).join("\n"));
        for (const issue of error.issues ?? error.report?.issues ?? []) console.log("   ", JSON.stringify(issue));
        return undefined;
    }
}

function check(condition, what) {
    if (!condition) throw new Error(`wrong: ${typeof what === "string" ? what : JSON.stringify(what)}`);
}

function same(got, wanted) {
    check(JSON.stringify(got) === JSON.stringify(wanted), `got ${JSON.stringify(got)}, wanted ${JSON.stringify(wanted)}`);
}

const rich = (text) => ({
    type: "doc",
    version: 1,
    content: [{ type: "paragraph", content: [{ type: "text", text }] }],
});

async function tourCloud(site) {
    const [account] = site.accounts;
    const config = {
        host: site.url,
        auth: { type: "basic", email: account.email, apiToken: account.token },
        onSchemaMismatch: "throw",
    };
    const jira = createCloudClient(config);
    const agile = createAgileClient(config);
    const all = (title, action) => step(site, title, action);

    await all("who and where", async () => {
        same((await jira.serverInfo.getServerInfo()).deploymentType, "Cloud");
        const me = await jira.myself.getCurrentUser();
        check(me.accountId && me.timeZone, me);
        const rights = await jira.permissions.getMyPermissions({ permissions: "CREATE_ISSUES", projectKey: "PAY" });
        same(rights.permissions.CREATE_ISSUES.havePermission, true);
    });
    await all("projects", async () => {
        const page = await jira.projects.searchProjects({ expand: "lead,description,issueTypes" });
        same(page.values.map((project) => project.key).sort(), ["OPS", "PAY", "TRIP"]);
        same((await jira.projects.getProject({ projectIdOrKey: "PAY" })).name, "Payments & Refunds");
        check((await jira.projects.getAllStatuses({ projectIdOrKey: "PAY" })).length > 3, "statuses");
        check((await jira.projectVersions.getProjectVersionsPaginated({ projectIdOrKey: "PAY" })).total >= 3, "versions");
        check((await jira.projectComponents.getProjectComponentsPaginated({ projectIdOrKey: "PAY" })).total >= 3, "components");
    });
    await all("lists", async () => {
        check((await jira.issueFields.getFields()).some((field) => field.name === "Severity"), "fields");
        check((await jira.issuePriorities.searchPriorities({})).values.length > 3, "priorities");
        check((await jira.issueResolutions.getResolution({ id: "1" })).name === "Fixed", "resolutions");
        check((await jira.workflowStatuses.getStatuses()).length > 5, "statuses");
        check((await jira.issueLinkTypes.getIssueLinkTypes()).issueLinkTypes.length > 2, "link types");
        const types = await jira.issues.getCreateIssueMetaIssueTypes({ projectIdOrKey: "PAY" });
        const bug = types.issueTypes.find((kind) => kind.name === "Bug");
        const fields = await jira.issues.getCreateIssueMetaIssueTypeId({ projectIdOrKey: "PAY", issueTypeId: bug.id });
        check(fields.fields.some((field) => field.required && field.name === "Severity"), "severity");
    });
    await all("search by token", async () => {
        const seen = new Set();
        let nextPageToken;
        do {
            const page = await jira.issueSearch.searchAndReconsileIssuesUsingJqlPost({
                jql: "project = PAY ORDER BY updated ASC",
                fields: ["*all"],
                expand: "changelog,renderedFields,names",
                maxResults: 100,
                nextPageToken,
            });
            for (const issue of page.issues) seen.add(issue.id);
            ({ nextPageToken } = page);
        } while (nextPageToken);
        check(seen.size >= 200, seen.size);
        check((await jira.issueSearch.countIssues({ jql: "project = PAY" })).count >= 200, "count");
    });
    const made = await all("create", () =>
        jira.issues.createIssue({
            fields: { project: { key: "TRIP" }, issuetype: { name: "Task" }, summary: "From jira.js", description: rich("text") },
        }),
    );
    if (made) {
        const issueIdOrKey = made.key;
        await all("edit and move on", async () => {
            await jira.issues.editIssue({ issueIdOrKey, fields: { summary: "Edited by jira.js", labels: ["tour"] } });
            const { transitions } = await jira.issues.getTransitions({ issueIdOrKey });
            await jira.issues.doTransition({ issueIdOrKey, transition: { id: transitions.at(-1).id } });
            const issue = await jira.issues.getIssue({ issueIdOrKey, expand: "changelog" });
            same(issue.fields.summary, "Edited by jira.js");
            check(issue.changelog.histories.length >= 2, issue.changelog);
            check((await jira.issues.getChangeLogs({ issueIdOrKey })).total >= 2, "changelog");
        });
        await all("comment, work, watch", async () => {
            const comment = await jira.issueComments.addComment({ issueIdOrKey, body: rich("First") });
            same((await jira.issueComments.getComments({ issueIdOrKey })).total, 1);
            await jira.issueComments.deleteComment({ issueIdOrKey, id: comment.id });
            const work = await jira.issueWorklogs.addWorklog({ issueIdOrKey, timeSpent: "2h", started: "2026-01-17T12:34:00.000+0000" });
            same(work.timeSpentSeconds, 7200);
            same((await jira.issueWorklogs.getIssueWorklog({ issueIdOrKey })).total, 1);
            same((await jira.issueWatchers.getIssueWatchers({ issueIdOrKey })).watchCount, 1);
            check((await jira.issueVotes.getVotes({ issueIdOrKey })).votes === 0, "votes");
        });
        await all("links", async () => {
            await jira.issueLinks.linkIssues({ type: { name: "Blocks" }, inwardIssue: { key: issueIdOrKey }, outwardIssue: { key: "PAY-20" } });
            const issue = await jira.issues.getIssue({ issueIdOrKey, fields: ["issuelinks"] });
            same(issue.fields.issuelinks.length, 1);
            const link = { globalId: "system=https://tests.example&id=9", object: { url: "https://tests.example/9", title: "Test 9" } };
            await jira.issueRemoteLinks.createOrUpdateRemoteIssueLink({ issueIdOrKey, ...link });
            const links = await jira.issueRemoteLinks.getRemoteIssueLinks({ issueIdOrKey });
            same([links].flat().length, 1);
        });
        await all("delete", async () => {
            await jira.issues.deleteIssue({ issueIdOrKey });
            const gone = await jira.issues.getIssue({ issueIdOrKey }).catch((error) => error);
            same(gone.status, 404);
        });
    }
    await all("boards and sprints", async () => {
        const boards = await agile.board.getAllBoards({ projectKeyOrId: "TRIP" });
        const board = boards.values.find((one) => one.type === "scrum");
        const sprints = await agile.board.getAllSprints({ boardId: board.id });
        check(sprints.values.some((sprint) => sprint.state === "active"), "active sprint");
        check((await agile.board.getConfiguration({ boardId: board.id })).columnConfig.columns.length > 1, "columns");
        await agile.issue.rankIssues({ issues: ["TRIP-21"], rankBeforeIssue: "TRIP-20" });
    });
    await all("versions", async () => {
        const project = await jira.projects.getProject({ projectIdOrKey: "TRIP" });
        const version = await jira.projectVersions.createVersion({ name: "jira.js 1", projectId: Number(project.id) });
        await jira.projectVersions.updateVersion({ id: version.id, body: { released: true, releaseDate: "2026-11-01" } });
        same((await jira.projectVersions.getVersion({ id: version.id })).released, true);
        await jira.projectVersions.deleteAndReplaceVersion({ id: version.id });
    });
}

async function tourDataCenter(site) {
    const [account] = site.accounts;
    const config = { host: site.url, authentication: { oauth2: { accessToken: account.token } } };
    const jira = new Version2Client(config);
    const agile = new AgileClient(config);
    const all = (title, action) => step(site, title, action);

    await all("who and where", async () => {
        same((await jira.serverInfo.getServerInfo()).version, site.version);
        const me = await jira.myself.getCurrentUser();
        same(me.name, account.name);
    });
    await all("projects and lists", async () => {
        const projects = await jira.sendRequest({ url: "/rest/api/2/project", method: "GET" });
        same(projects.map((project) => project.key).sort(), ["OPS", "PAY", "TRIP"]);
        check((await jira.projectVersions.getProjectVersions({ projectIdOrKey: "PAY" })).length >= 3, "versions");
        check((await jira.issueFields.getFields()).some((field) => field.name === "Severity"), "fields");
        check((await jira.issuePriorities.getPriorities()).length > 3, "priorities");
        check((await jira.projects.getAllStatuses({ projectIdOrKey: "PAY" })).length > 3, "statuses");
    });
    await all("search by offset", async () => {
        let found = 0;
        let total = 1;
        while (found < total) {
            const page = await jira.sendRequest({
                url: "/rest/api/2/search",
                method: "GET",
                params: { jql: "project = PAY ORDER BY id ASC", startAt: found, maxResults: 100, fields: "summary,status" },
            });
            found += page.issues.length;
            ({ total } = page);
        }
        check(total >= 200 && found === total, { found, total });
    });
    const made = await all("create", () =>
        jira.issues.createIssue({
            fields: { project: { key: "TRIP" }, issuetype: { name: "Task" }, summary: "From jira.js", description: "h2. text" },
        }),
    );
    if (made) {
        const issueIdOrKey = made.key;
        await all("edit, comment, work, delete", async () => {
            await jira.issues.editIssue({ issueIdOrKey, fields: { summary: "Edited" } });
            await jira.issueComments.addComment({ issueIdOrKey, comment: "First" });
            await jira.issueWorklogs.addWorklog({ issueIdOrKey, timeSpent: "1h" });
            const issue = await jira.issues.getIssue({ issueIdOrKey, expand: "changelog" });
            same(issue.fields.summary, "Edited");
            same(issue.fields.timespent, 3600);
            same(issue.fields.comment.total, 1);
            const { transitions } = await jira.issues.getTransitions({ issueIdOrKey });
            await jira.issues.doTransition({ issueIdOrKey, transition: { id: transitions[0].id } });
            await jira.issues.deleteIssue({ issueIdOrKey });
        });
    }
    await all("boards and sprints", async () => {
        const boards = await agile.board.getAllBoards({ projectKeyOrId: "TRIP" });
        const board = boards.values.find((one) => one.type === "scrum");
        const sprints = await agile.board.getAllSprints({ boardId: board.id, state: "active" });
        check(sprints.values.length > 0, "active sprint");
        check((await agile.board.getIssuesForBoard({ boardId: board.id })).total > 100, "issues");
    });
}

const whole = JSON.parse(readFileSync(process.argv[2], "utf8"));
// The second argument names the one site to tour; without it all are.
const kind = process.argv[3];
if (kind !== "data_center") await tourCloud({ kind: "cloud", ...whole.cloud });
if (kind !== "cloud") await tourDataCenter({ kind: "data_center", ...whole.data_center });
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed ? 1 : 0;
