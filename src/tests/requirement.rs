//! Requirements: the list with its filters and pages, and one requirement with its reasons.

use traceline::domain::{
    connection::ConnectionStatus,
    jira::{FieldValue, JiraUser},
    mapping::{BugStatus, Mapped, Priority, RequirementStatus, Rule, Severity},
    mirror_issue::{MappedStatus, MirrorIssue},
    release_date::{DateSource, ReleaseDate},
    rich_text::{Block, Inline, Marks, RichText},
    role::{AccountRole, ProjectRole},
    standing::{Ground, stand},
    sync_status::ConfigurationStatus,
};

use crate::{
    harness::{TestApp, TestClient},
    mirror_rows::{bug, named, requirement},
};

struct World {
    app: TestApp,
    project: String,
    configuration: String,
    tester: TestClient,
    member: TestClient,
}

async fn world(app: TestApp) -> World {
    let creator = app.person("Ada Admin", AccountRole::AccountAdmin).await;
    let project = app.project("Booking", &creator).await;
    let mut clients = Vec::new();
    for (name, role) in [
        ("Tom Tester", ProjectRole::Tester),
        ("Mia Member", ProjectRole::Member),
    ] {
        let person = app.person(name, AccountRole::User).await;
        app.join(&project, &person, role).await;
        clients.push(app.browser_of(&person).await);
    }
    let configuration = app
        .configuration(&project, &creator, "BOOK", "active", "1773236400000")
        .await;
    let (member, tester) = (clients.pop().unwrap(), clients.pop().unwrap());
    World {
        app,
        project,
        configuration,
        tester,
        member,
    }
}

impl World {
    async fn keys(&self, client: &TestClient, filter: &[(&str, &str)]) -> (u64, Vec<String>) {
        let named: Vec<(String, &str)> = filter
            .iter()
            .map(|(name, value)| (format!("filter[{name}]"), *value))
            .collect();
        let fields: Vec<(&str, &str)> = [("project", self.project.as_str())]
            .into_iter()
            .chain(named.iter().map(|(name, value)| (name.as_str(), *value)))
            .collect();
        let view = client.call("load_requirements", &fields).await.json();
        let items = view["list"]["items"]
            .as_array()
            .unwrap_or_else(|| panic!("{view}"));
        (
            view["list"]["total"].as_u64().unwrap(),
            items
                .iter()
                .map(|item| item["key"].as_str().unwrap().to_owned())
                .collect(),
        )
    }
}

fn status(value: RequirementStatus) -> MappedStatus {
    MappedStatus::Requirement(Mapped {
        value,
        rule: Rule::Chosen,
    })
}

on_both! {
    async fn filters_narrow_the_list_and_its_count(app: TestApp) {
        let world = world(app).await;
        let (app, id) = (&world.app, &world.configuration);
        app.issue(id, &MirrorIssue { summary: "Pay 50% by invoice".into(), ..requirement("1", "BOOK-2") }).await;
        app.issue(id, &MirrorIssue { summary: "ÄRGER vermeiden".into(), status: status(RequirementStatus::Done), ..requirement("2", "BOOK-10") }).await;
        let epic = MirrorIssue { issue_type: named("11", "Epic"), priority: Mapped { value: Priority::Critical, rule: Rule::Chosen }, ..requirement("3", "BOOK-1") };
        app.issue(id, &MirrorIssue { release_ids: vec!["1".into()], ..epic }).await;
        app.issue(id, &MirrorIssue { secured: true, ..requirement("4", "BOOK-4") }).await;
        app.issue(id, &bug("5", "BOOK-5", Severity::Major)).await;
        let all = |keys: &[&str]| (keys.len() as u64, keys.iter().map(ToString::to_string).collect::<Vec<_>>());
        for (filter, expected) in [
            (vec![], all(&["BOOK-1", "BOOK-2", "BOOK-4", "BOOK-10"])),
            (vec![("sort", "-key")], all(&["BOOK-10", "BOOK-4", "BOOK-2", "BOOK-1"])),
            (vec![("sort", "priority")], all(&["BOOK-1", "BOOK-2", "BOOK-4", "BOOK-10"])),
            (vec![("sort", "status")], all(&["BOOK-1", "BOOK-2", "BOOK-4", "BOOK-10"])),
            (vec![("sort", "-type")], all(&["BOOK-2", "BOOK-4", "BOOK-10", "BOOK-1"])),
            (vec![("status", "done")], all(&["BOOK-10"])),
            (vec![("status", "nonsense")], all(&["BOOK-1", "BOOK-2", "BOOK-4", "BOOK-10"])),
            (vec![("issue_type", "Epic")], all(&["BOOK-1"])),
            (vec![("text", "50%")], all(&["BOOK-2"])),
            (vec![("text", "_")], all(&[])),
            (vec![("text", "INVOICE")], all(&["BOOK-2"])),
            (vec![("text", "book-1")], all(&["BOOK-1", "BOOK-10"])),
            (vec![("text", "ÄRGER")], all(&["BOOK-10"])),
            (vec![("text", "ärger")], all(&["BOOK-10"])),
            (vec![("sort", "-summary"), ("status", "done")], all(&["BOOK-10"])),
            (vec![("unscheduled", "true"), ("status", "to_do")], all(&["BOOK-2", "BOOK-4"])),
            (vec![("text", "' OR 1=1 --")], all(&[])),
        ] {
            assert_eq!(world.keys(&world.tester, &filter).await, expected, "{filter:?}");
        }
        assert_eq!(world.keys(&world.member, &[]).await, all(&["BOOK-1", "BOOK-2", "BOOK-10"]));
        let page = world.tester.get(&format!("/projects/{}/requirements?text=50%25&status=to_do", world.project)).await;
        assert!(page.body.contains("value=\"50%\""), "the form keeps what was searched for");
        assert!(page.body.contains("1 requirement found"));
        drop(world.app);
    }
}

on_both! {
    async fn keys_are_sorted_by_project_and_then_by_number(app: TestApp) {
        let world = world(app).await;
        let app = &world.app;
        let other = app.configuration(&world.project, "Ada", "ABC", "active", "").await;
        for (id, key) in [("1", "AB-1000"), ("2", "AB-9"), ("3", "A2-10"), ("4", "AB-100"), ("5", "A2-9")] {
            app.issue(&world.configuration, &requirement(id, key)).await;
        }
        for (id, key) in [("1", "ABC-10"), ("2", "ABC-9"), ("3", "ABC-100")] {
            app.issue(&other, &requirement(id, key)).await;
        }
        let sorted = ["A2-9", "A2-10", "AB-9", "AB-100", "AB-1000", "ABC-9", "ABC-10", "ABC-100"];
        for sort in ["key", "-priority", "status", "type", "date"] {
            assert_eq!(world.keys(&world.tester, &[("sort", sort)]).await.1, sorted, "{sort}");
        }
        let (_, down) = world.keys(&world.tester, &[("sort", "-key")]).await;
        assert!(down.iter().rev().eq(sorted), "{down:?}");
        drop(world.app);
    }
}

on_both! {
    async fn long_lists_come_in_pages(app: TestApp) {
        let world = world(app).await;
        for number in 1..=205 {
            world.app.issue(&world.configuration, &requirement(&number.to_string(), &format!("BOOK-{number}"))).await;
        }
        let (total, first) = world.keys(&world.tester, &[]).await;
        assert_eq!((total, first.len(), first[99].as_str()), (205, 100, "BOOK-100"));
        let (_, last) = world.keys(&world.tester, &[("page", "3")]).await;
        assert_eq!(last, ["BOOK-201", "BOOK-202", "BOOK-203", "BOOK-204", "BOOK-205"]);
        assert_eq!(world.keys(&world.tester, &[("page", "99")]).await.1, last);
        let page = world.tester.get(&format!("/projects/{}/requirements?page=2", world.project)).await;
        assert!(page.body.contains("101 to 200 of 205, page 2 of 3"));
        drop(world.app);
    }
}

fn whole() -> MirrorIssue {
    let text = |text: &str| Inline::Text {
        text: text.into(),
        marks: Marks::default(),
        href: None,
    };
    MirrorIssue {
        summary: "Customs pre-check".into(),
        description: RichText {
            blocks: vec![Block::Paragraph {
                content: vec![text("The <b>clerk</b> sees why.")],
            }],
        },
        status: status(RequirementStatus::InProgress),
        jira_status: named("5", "Ready for QA"),
        release_ids: vec!["2".into(), "77".into()],
        sprint_ids: vec![42],
        parent_key: Some("BOOK-1".into()),
        due_date: Some(jiff::civil::date(2026, 4, 4)),
        release_date: Some(ReleaseDate {
            date: jiff::civil::date(2026, 3, 31),
            source: DateSource::FixVersionDate,
            why: "release 4.7".into(),
        }),
        assignee: Some(JiraUser {
            id: "a".into(),
            name: "Ana Ferreira".into(),
        }),
        labels: vec!["customs".into()],
        components: vec![named("1", "Booking form")],
        further: [("customfield_7".to_owned(), FieldValue::Text("Terminal B".into()))].into(),
        ..requirement("9", "BOOK-9")
    }
}

on_both! {
    async fn a_requirement_explains_itself(app: TestApp) {
        let world = world(app).await;
        let (app, id) = (&world.app, &world.configuration);
        app.release(id, "2", "4.7", ("", "2026-03-31"), false).await;
        app.sprint(id, "42", "Sprint 42", "active", ("2026-03-09", "2026-03-20")).await;
        app.issue(id, &requirement("1", "BOOK-1")).await;
        app.issue(id, &whole()).await;
        let path = format!("/projects/{}/requirements/{id}/9", world.project);
        let page = world.member.get(&path).await;
        assert_eq!(page.status, 200);
        for words in [
            "<title>BOOK-9 Customs pre-check - Traceline</title>",
            "The &lt;b&gt;clerk&lt;/b&gt; sees why.",
            "In Progress", "Jira: Ready for QA", "mapped in the integration", "not mapped, so the default",
            "31 Mar 2026", "20 Mar 2026", "4 Apr 2026", "not used, an earlier field has a date", "release 4.7",
            "Fix version 77", "Sprint 42", "Ana Ferreira", "customs", "Booking form", "customfield_7", "Terminal B",
            "href=\"https://halden.example/browse/BOOK-9\"", "noopener", "Summary of BOOK-1", "20 min ago",
        ] {
            assert!(page.body.contains(words), "{words}");
        }
        let fields = [("project", world.project.as_str()), ("configuration", id), ("issue", "9")];
        let view = world.tester.call("load_requirement", &fields).await.json();
        let sources: Vec<_> = view["sources"].as_array().unwrap().iter().map(|source| (source["used"].as_bool().unwrap(), source["date"].as_str().unwrap_or("").to_owned())).collect();
        assert!(sources.iter().filter(|(used, _)| *used).count() == 1, "{sources:?}");
        assert_eq!(sources[0], (true, "31 Mar 2026".to_owned()));
        assert_eq!(view["release_date"], "31 Mar 2026");
        app.gone(id, "9").await;
        let gone = world.member.get(&path).await;
        assert_eq!(gone.status, 200);
        assert!(gone.body.contains("Deleted in Jira, or hidden from the connection."));
        drop(world.app);
    }
}

on_both! {
    async fn integrations_that_read_alike_are_told_apart_by_their_connection(app: TestApp) {
        let world = world(app).await;
        let (app, id, project) = (&world.app, &world.configuration, &world.project);
        app.issue(id, &requirement("1", "BOOK-1")).await;
        let other = app.configuration(project, "Ada", "BOOK", "active", "").await;
        app.issue(&other, &requirement("1", "BOOK-1")).await;
        let third = app.configuration(project, "Ada", "PAY", "active", "").await;
        app.issue(&third, &requirement("1", "PAY-1")).await;
        let rename = "UPDATE connection SET name = $1 WHERE id = (SELECT connection_id FROM configuration WHERE id = $2)";
        for (of, name) in [(id, "Halden Cloud"), (&other, "Depot Jira"), (&third, "Payments Jira")] {
            app.run(rename, &[name, of]).await;
        }
        for (path, named) in [
            ("requirements".to_owned(), true),
            ("bugs".to_owned(), true),
            ("plans".to_owned(), true),
            (format!("requirements/{id}/1"), false),
        ] {
            let page = world.member.get(&format!("/projects/{project}/{path}")).await.body;
            assert!(page.contains("BOOK, BOOK name (Halden Cloud)"), "{path}: {page}");
            assert_eq!(page.contains("BOOK, BOOK name (Depot Jira)"), named, "{path}");
            assert!(!page.contains("Payments Jira"), "{path}: nothing is like PAY");
        }
        let list = world.member.get(&format!("/projects/{project}/requirements")).await.body;
        let rows: Vec<_> = list.split("<tr").filter(|row| row.contains("BOOK-1<")).collect();
        assert_eq!(rows.len(), 2);
        for name in ["Halden Cloud", "Depot Jira"] {
            assert_eq!(rows.iter().filter(|row| row.contains(name)).count(), 1, "{name}");
        }
        drop(world.app);
    }
}

on_both! {
    async fn what_is_not_mapped_is_said_with_the_way_to_its_step(app: TestApp) {
        let world = world(app).await;
        let (app, id, project) = (&world.app, &world.configuration, &world.project);
        let lead = app.person("Pia Lead", AccountRole::User).await;
        app.join(project, &lead, ProjectRole::ProjectAdmin).await;
        let lead = app.browser_of(&lead).await;
        let by_default = |issue: MirrorIssue| {
            let status = MappedStatus::Bug(Mapped { value: BugStatus::Open, rule: Rule::Default });
            MirrorIssue { status, jira_status: named("9", "Erledigt"), priority: Mapped { value: Priority::Low, rule: Rule::Chosen }, ..issue }
        };
        app.issue(id, &by_default(bug("1", "BOOK-1", Severity::Major))).await;
        app.issue(id, &MirrorIssue { secured: true, ..by_default(bug("2", "BOOK-2", Severity::Major)) }).await;
        app.issue(id, &requirement("3", "BOOK-3")).await;
        let bugs = format!("/projects/{project}/bugs");
        let way = format!("/projects/{project}/integrations/{id}/step/6?show=unmapped");
        for (client, count, leads) in [(&lead, "2 bugs", true), (&world.tester, "2 bugs", false), (&world.member, "1 bug", false)] {
            for path in [&bugs, &format!("{bugs}?text=nothing"), &format!("/projects/{project}/plans")] {
                let page = client.get(path).await.body;
                assert!(page.contains(&format!("Not mapped: the status of {count}.")), "{path}: {page}");
                assert_eq!(page.contains(&way), leads, "{path}");
                assert_eq!(page.contains("A Project Admin can map it."), !leads, "{path}");
            }
            let page = client.get(&bugs).await.body;
            assert!(page.contains("Open by default") && page.contains("Jira: Erledigt, not mapped"), "{page}");
            let page = client.get(&format!("/projects/{project}/requirements")).await.body;
            assert!(page.contains("Not mapped: the priority of 1 requirement."), "{page}");
        }
        drop(world.app);
    }
}

on_both! {
    async fn secured_requirements_are_not_found_for_members(app: TestApp) {
        let world = world(app).await;
        let (app, id) = (&world.app, &world.configuration);
        app.issue(id, &MirrorIssue { secured: true, ..requirement("1", "BOOK-1") }).await;
        app.issue(id, &MirrorIssue { parent_key: Some("BOOK-1".into()), ..requirement("2", "BOOK-2") }).await;
        let path = format!("/projects/{}/requirements/{id}/1", world.project);
        assert_eq!(world.tester.get(&path).await.status, 200);
        assert_eq!(world.member.get(&path).await.status, 404);
        let child = world.member.get(&format!("/projects/{}/requirements/{id}/2", world.project)).await;
        assert!(!child.body.contains("Summary of BOOK-1"), "the parent's summary stays hidden");
        // An archived integration keeps its pages and says so; its issues leave the list.
        world.app.run("UPDATE configuration SET status = 'archived' WHERE id = $1", &[id]).await;
        let archived = world.tester.get(&path).await;
        assert!(archived.body.contains("This integration is archived."));
        assert_eq!(world.keys(&world.tester, &[]).await.0, 0);
        drop(world.app);
    }
}

on_both! {
    async fn lists_and_pages_agree_on_how_a_configuration_stands(app: TestApp) {
        let world = world(app).await;
        let app = &world.app;
        let mut expected = Vec::new();
        for own in ConfigurationStatus::ALL {
            for (connection, proceeded) in ConnectionStatus::ALL.into_iter().flat_map(|status| [(status, true), (status, false)]) {
                let key = format!("P{}", expected.len());
                let id = app.configuration(&world.project, "Ada", &key, own.code(), "").await;
                app.issue(&id, &requirement("1", &format!("{key}-1"))).await;
                let status = "UPDATE connection SET status = $1, name = 'Halden', status_reason = 'Refused.'
                    WHERE id = (SELECT connection_id FROM configuration WHERE id = $2)";
                app.run(status, &[connection.code(), &id]).await;
                if !proceeded {
                    let never = "UPDATE configuration SET proceeded_version_id = NULL, running_version_id = NULL WHERE id = $1";
                    app.run(never, &[&id]).await;
                }
                let ground = Ground { name: "Halden", status: connection, reason: "Refused." };
                expected.push((id, format!("{key}-1"), proceeded, stand(*own, "The token has expired.", proceeded, ground)));
            }
        }
        let of = [("project", world.project.as_str())];
        let (_, listed) = world.keys(&world.tester, &[]).await;
        let plans = world.tester.call("load_plans", &of).await.json();
        let integrations = world.tester.call("load_integrations", &of).await.json();
        let pia = app.person("Pia", AccountRole::User).await;
        app.join(&world.project, &pia, ProjectRole::ProjectAdmin).await;
        let configures = app.browser_of(&pia).await;
        let all = configures.call("load_integrations", &of).await.json();
        let find = |view: &serde_json::Value, id: &str| {
            let rows = view["configurations"].as_array().unwrap();
            rows.iter().find(|row| row["id"] == id).cloned()
        };
        for (id, key, proceeded, standing) in expected {
            let offered = standing.status.is_in_plans();
            assert_eq!(listed.contains(&key), offered, "{key} {standing:?}");
            assert_eq!(find(&plans, &id).is_some(), offered, "{key} {standing:?}");
            // What was never proceeded is shown to those who configure alone.
            assert_eq!(find(&integrations, &id).is_some(), proceeded, "{key}");
            let row = find(&all, &id).unwrap();
            assert_eq!((row["status"].as_str(), row["status_reason"].as_str()), (Some(standing.status.code()), Some(standing.reason.as_str())));
            let sync = configures.call("load_sync", &[of[0], ("configuration", &id)]).await.json();
            assert_eq!((sync["status"].as_str(), sync["status_reason"].as_str()), (Some(standing.status.code()), Some(standing.reason.as_str())));
        }
    }
}
