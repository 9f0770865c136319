//! Plans: timeline, list, release and sprint pages; who sees what.

use serde_json::Value;
use traceline::domain::{
    mapping::{BugStatus, Mapped, RequirementStatus, Rule, Severity},
    mirror_issue::{MappedStatus, MirrorIssue},
    role::{AccountRole, ProjectRole},
};

use crate::{
    harness::{TestApp, TestClient},
    mirror_rows::{bug, requirement},
};

struct World {
    app: TestApp,
    project: String,
    other: String,
    configuration: String,
    admin: TestClient,
    tester: TestClient,
    member: TestClient,
}

const SYNCED: &str = "1773236400000"; // 2026-03-11T13:40:00Z

async fn people(app: TestApp) -> World {
    let creator = app.person("Ada Admin", AccountRole::AccountAdmin).await;
    let project = app.project("Booking", &creator).await;
    let other = app.project("Other", &creator).await;
    let mut clients = Vec::new();
    for (name, role) in [
        ("Pia Lead", ProjectRole::ProjectAdmin),
        ("Tom Tester", ProjectRole::Tester),
        ("Mia Member", ProjectRole::Member),
    ] {
        let person = app.person(name, AccountRole::User).await;
        app.join(&project, &person, role).await;
        app.join(&other, &person, role).await;
        clients.push(app.browser_of(&person).await);
    }
    let (member, tester, admin) = (
        clients.pop().unwrap(),
        clients.pop().unwrap(),
        clients.pop().unwrap(),
    );
    World {
        app,
        project,
        other,
        configuration: creator,
        admin,
        tester,
        member,
    }
}

fn planned(issue: MirrorIssue, releases: &[&str], sprints: &[i64]) -> MirrorIssue {
    MirrorIssue {
        release_ids: releases.iter().map(ToString::to_string).collect(),
        sprint_ids: sprints.to_vec(),
        ..issue
    }
}

fn secured(issue: MirrorIssue) -> MirrorIssue {
    MirrorIssue {
        secured: true,
        ..issue
    }
}

async fn world(app: TestApp) -> World {
    let mut world = people(app).await;
    let creator = world.configuration.clone();
    let app = &world.app;
    let id = app
        .configuration(&world.project, &creator, "BOOK", "active", SYNCED)
        .await;
    app.release(&id, "1", "4.6 Autumn", ("", "2026-02-27"), true)
        .await;
    app.release(&id, "2", "4.7 Customs", ("2026-02-23", "2026-03-31"), false)
        .await;
    app.release(&id, "3", "Someday", ("", ""), false).await;
    app.release(&id, "4", "4.5 Late", ("", "2026-03-01"), false).await;
    app.sprint(&id, "41", "Sprint 41", "closed", ("2026-02-23", "2026-03-06"))
        .await;
    app.sprint(&id, "42", "Sprint 42", "active", ("2026-03-09", "2026-03-20"))
        .await;
    app.sprint(&id, "43", "Idea pool", "future", ("", "")).await;
    app.issue(&id, &planned(requirement("1", "BOOK-1"), &["2"], &[41, 42]))
        .await;
    let done = MappedStatus::Requirement(Mapped {
        value: RequirementStatus::Done,
        rule: Rule::Chosen,
    });
    app.issue(
        &id,
        &MirrorIssue {
            status: done,
            ..planned(requirement("2", "BOOK-2"), &["2"], &[42])
        },
    )
    .await;
    app.issue(&id, &secured(planned(requirement("3", "BOOK-3"), &["2"], &[42])))
        .await;
    app.issue(&id, &requirement("4", "BOOK-4")).await;
    app.issue(&id, &planned(requirement("5", "BOOK-5"), &["2"], &[]))
        .await;
    app.gone(&id, "5").await;
    app.issue(&id, &planned(bug("6", "BOOK-6", Severity::Blocker), &["2"], &[]))
        .await;
    app.issue(&id, &planned(bug("7", "BOOK-7", Severity::Minor), &["2"], &[42]))
        .await;
    app.issue(
        &id,
        &secured(planned(bug("8", "BOOK-8", Severity::Minor), &["2"], &[])),
    )
    .await;
    let closed = MappedStatus::Bug(Mapped {
        value: BugStatus::Closed,
        rule: Rule::Chosen,
    });
    app.issue(
        &id,
        &MirrorIssue {
            status: closed,
            ..planned(bug("9", "BOOK-9", Severity::Blocker), &["2"], &[])
        },
    )
    .await;
    world.configuration = id;
    world
}

async fn plans(client: &TestClient, project: &str, more: &[(&str, &str)]) -> Value {
    let fields: Vec<_> = [("project", project)]
        .into_iter()
        .chain(more.iter().copied())
        .collect();
    client.call("load_plans", &fields).await.json()
}

/// The timeline in lines: what stands where, in words.
fn drawing(timeline: &Value) -> String {
    use std::fmt::Write as _;
    let place = |bar: &Value| {
        if bar.is_null() {
            "-".to_owned()
        } else {
            format!("{}..{}", bar["start"], bar["end"])
        }
    };
    let mut text = format!(
        "{} to {}, today {}\n",
        timeline["from"], timeline["to"], timeline["today"]
    )
    .replace('"', "");
    for (name, lanes) in [("dated", &timeline["lanes"]), ("undated", &timeline["undated"])] {
        for lane in lanes.as_array().unwrap() {
            let counts = &lane["counts"];
            let _written = writeln!(
                text,
                "{name}: {} [{}] {} {}; {} requirements, {} done, bugs {}",
                lane["name"].as_str().unwrap(),
                place(&lane["bar"]),
                lane["risk"].as_str().unwrap(),
                lane["words"].as_str().unwrap(),
                counts["requirements"],
                counts["done"],
                counts["open_bugs"],
            );
            for sprint in lane["sprints"].as_array().unwrap() {
                let _written = writeln!(
                    text,
                    "  {} [{}] {}; {} requirements",
                    sprint["name"].as_str().unwrap(),
                    place(&sprint["bar"]),
                    sprint["when"].as_str().unwrap(),
                    sprint["counts"]["requirements"],
                );
            }
        }
    }
    text
}

on_both! {
    async fn the_timeline_shows_everything_once(app: TestApp) {
        let world = world(app).await;
        let view = plans(&world.tester, &world.project, &[]).await;
        let expected = "\
2026-01-01 to 2026-09-01, today 283
dated: 4.6 Autumn [234..238] released 27 Feb 2026, released; 0 requirements, 0 done, bugs []
dated: 4.5 Late [242..246] overdue 1 Mar 2026, overdue by 10 days; 0 requirements, 0 done, bugs []
dated: 4.7 Customs [218..370] blocker_open 31 Mar 2026, at risk: 1 blocker open; 3 requirements, 1 done, bugs [[\"blocker\",1],[\"minor\",2]]
  Sprint 41 [218..267] 23 Feb to 6 Mar 2026; 1 requirements
  Sprint 42 [275..325] 9 Mar to 20 Mar 2026; 3 requirements
undated: Someday [-] undated No release date; 0 requirements, 0 done, bugs []
undated: Undated sprints [-] none 1 sprint; 0 requirements, 0 done, bugs []
  Idea pool [-] No dates; 0 requirements
";
        assert_eq!(drawing(&view["plan"]["timeline"]), expected);
        assert_eq!(view["plan"]["summary"]["unscheduled"], 1);
        assert_eq!(view["plan"]["configuration"]["last_synced"]["text"], "20 min ago");
        // The window moves, nothing is lost.
        let far = plans(&world.tester, &world.project, &[("zoom", "week"), ("from", "2031-01-01")]).await;
        assert_eq!(far["plan"]["timeline"]["lanes"].as_array().unwrap().len(), 3);
        assert_eq!(far["plan"]["timeline"]["from"], "2030-12-30");
        let odd = plans(&world.tester, &world.project, &[("zoom", "eon"), ("from", "9999-12-31")]).await;
        assert_eq!(odd["plan"]["timeline"], view["plan"]["timeline"]);
        drop(world.app);
    }
}

on_both! {
    async fn members_see_no_secured_issue_and_no_count_of_it(app: TestApp) {
        let world = world(app).await;
        for (client, requirements, bugs) in [(&world.tester, 3, 4), (&world.member, 2, 3)] {
            let view = plans(client, &world.project, &[]).await;
            let lane = view["plan"]["timeline"]["lanes"].as_array().unwrap().iter().find(|lane| lane["release_id"] == "2").unwrap().clone();
            assert_eq!(lane["counts"]["requirements"], requirements);
            let fields = [("project", world.project.as_str()), ("configuration", &world.configuration), ("release", "2")];
            let release = client.call("load_release", &fields).await.json();
            // The number on the timeline, the number on the page and the list agree.
            assert_eq!(release["requirements"]["total"], requirements);
            assert_eq!(release["requirements"]["items"].as_array().unwrap().len(), requirements);
            assert_eq!(release["bugs"]["total"], bugs);
            assert_eq!(release["head"]["open_bugs_total"], bugs - 1);
            assert_eq!(lane["counts"]["open_bugs_total"], bugs - 1);
            let fields = [("project", world.project.as_str()), ("configuration", &world.configuration), ("sprint", "42")];
            let sprint = client.call("load_sprint", &fields).await.json();
            assert_eq!(sprint["requirements"]["total"], requirements);
            assert_eq!(view["plan"]["summary"]["requirements"], requirements + 1);
            let page = client.get(&format!("/projects/{}/releases/{}/2", world.project, world.configuration)).await;
            assert_eq!(page.status, 200);
            assert_eq!(page.body.contains("BOOK-3"), requirements == 3);
            assert_eq!(page.body.contains("BOOK-8"), requirements == 3);
            assert!(!page.body.contains("BOOK-5<"), "gone issues are in no list");
        }
        drop(world.app);
    }
}

on_both! {
    async fn numbers_of_bugs_agree_and_lead_to_their_list(app: TestApp) {
        let world = world(app).await;
        let (project, id) = (&world.project, &world.configuration);
        // One without a release, one whose release Plans does not show, one with two releases.
        world.app.release(id, "9", "Hidden", ("", ""), false).await;
        world.app.run("UPDATE release SET selected = FALSE WHERE jira_id = $1", &["9"]).await;
        for (issue, releases) in [("20", &[][..]), ("21", &["9"]), ("22", &["2", "4"])] {
            world.app.issue(id, &planned(bug(issue, &format!("BOOK-{issue}"), Severity::Major), releases, &[])).await;
        }
        for (client, open) in [(&world.tester, 6), (&world.member, 5)] {
            let view = plans(client, project, &[]).await;
            let summary = &view["plan"]["summary"];
            assert_eq!((&summary["open_bugs"], &summary["unreleased_bugs"], &summary["repeated_bugs"]), (&open.into(), &2.into(), &1.into()));
            let timeline = &view["plan"]["timeline"];
            let lanes = timeline["lanes"].as_array().unwrap().iter().chain(timeline["undated"].as_array().unwrap());
            let in_rows: u64 = lanes.filter_map(|lane| lane["counts"]["open_bugs_total"].as_u64()).sum();
            assert_eq!(in_rows, open - 2 + 1, "rows, and what the head says about them");
            // Each number leads to a list of as many.
            let page = client.get(&format!("/projects/{project}/plans")).await.body;
            let bugs = format!("/projects/{project}/bugs?configuration={id}&amp;status=unresolved");
            assert!(page.contains(&format!("href=\"{bugs}\"")), "{page}");
            assert!(page.contains(&format!("href=\"{bugs}&amp;unreleased=true\"")));
            assert!(page.contains("2 without a release") && page.contains("A bug with several releases counts in the row of each"));
            let list = client.get(&bugs.replace("&amp;", "&")).await.body;
            assert!(list.contains(&format!("{open} bugs found")), "{list}");
            assert_eq!(list.contains("BOOK-8"), open == 6, "a Member sees no bug with a security level");
            assert!(!list.contains("BOOK-9"), "a closed bug is not open");
            let list = client.get(&format!("{}&unreleased=true", bugs.replace("&amp;", "&"))).await.body;
            assert!(list.contains("2 bugs found") && list.contains("BOOK-20") && list.contains("BOOK-21"));
        }
        let closed = world.tester.get(&format!("/projects/{project}/bugs?status=closed&text=%2dBOOK%00-9")).await;
        assert_eq!(closed.status, 400, "no U+0000");
        let closed = world.tester.get(&format!("/projects/{project}/bugs?status=closed&text=book-9")).await.body;
        assert!(closed.contains("1 bug found") && closed.contains("BOOK-9"));
        let odd = world.tester.get(&format!("/projects/{project}/bugs?status=odd&page=99")).await.body;
        assert!(odd.contains("7 bugs") && !odd.contains("found"), "{odd}");
        let none = world.tester.get(&format!("/projects/{project}/bugs?text=%3Cscript%3Ealert(1)")).await.body;
        assert!(none.contains("No bug matches") && !none.contains("<script>alert"));
        assert_eq!(world.tester.get(&format!("/projects/{}/bugs?configuration={id}", world.other)).await.status, 404);
        drop(world.app);
    }
}

on_both! {
    async fn a_release_has_one_status_on_every_page(app: TestApp) {
        let world = world(app).await;
        let (project, id) = (&world.project, &world.configuration);
        world.app.release(id, "7", "5.0 Later", ("", "2026-12-24"), false).await;
        let list = world.tester.get(&format!("/projects/{project}/plans?view=list")).await.body;
        assert!(!list.contains("Planned"));
        for (release, status) in [("1", "Released"), ("2", "At risk"), ("3", "Unreleased"), ("4", "Overdue"), ("7", "Unreleased")] {
            let row = list.split("<tr").find(|row| row.contains(&format!("/releases/{id}/{release}\""))).unwrap();
            assert!(row.contains(status), "{row}");
            let fields = [("project", project.as_str()), ("configuration", id), ("release", release)];
            let page = world.tester.call("load_release", &fields).await.json();
            assert_eq!(page["head"]["state"], status);
        }
        drop(world.app);
    }
}

on_both! {
    async fn pages_of_plans(app: TestApp) {
        let world = world(app).await;
        let timeline = world.tester.get(&format!("/projects/{}/plans", world.project)).await;
        assert_eq!(timeline.status, 200);
        for words in [
            "4.7 Customs", "at risk: 1 blocker open", "overdue by 10 days", "Undated", "Idea pool", "Someday", "id=\"gantt\"",
            "#gantt{--days:1000", "action=\"/api/start_sync\"", "20 min ago", "view=list", "zoom=week", "from=",
        ] {
            assert!(timeline.body.contains(words), "{words}");
        }
        let nonce = timeline.headers["content-security-policy"].to_str().unwrap();
        let start = timeline.body.find("<style nonce=\"").unwrap() + "<style nonce=\"".len();
        let own = &timeline.body[start..start + timeline.body[start..].find('"').unwrap()];
        assert!(nonce.contains(own), "the style element carries the page's nonce");
        let list = world.tester.get(&format!("/projects/{}/plans?view=list", world.project)).await;
        for words in ["4.6 Autumn", "4.7 Customs", "Someday", "Undated sprints", "Idea pool", "31 Mar 2026"] {
            assert!(list.body.contains(words), "{words}");
        }
        let member = world.member.get(&format!("/projects/{}/plans", world.project)).await;
        assert!(!member.body.contains("start_sync"), "only those who may start a sync get the button");
        let sprint = world.member.get(&format!("/projects/{}/sprints/{}/42", world.project, world.configuration)).await;
        for words in ["Sprint 42", "Ship it", "BOOK-1", "4.7 Customs"] {
            assert!(sprint.body.contains(words), "{words}");
        }
        drop(world.app);
    }
}

on_both! {
    async fn what_is_missing_leads_on(app: TestApp) {
        let mut world = people(app).await;
        let creator = std::mem::take(&mut world.configuration);
        let path = format!("/projects/{}/plans", world.project);
        let admin = world.admin.get(&path).await;
        assert!(admin.body.contains("No Jira project is linked yet"));
        assert!(admin.body.contains(&format!("href=\"/projects/{}/integrations\"", world.project)));
        let member = world.member.get(&path).await;
        assert!(member.body.contains("A Project Admin can do this: Pia Lead."), "{}", member.body);
        let id = world.app.configuration(&world.project, &creator, "BOOK", "inactive", "").await;
        assert!(world.admin.get(&path).await.body.contains("No integration is active yet"));
        assert_eq!(world.admin.get(&format!("{path}?configuration={id}")).await.status, 404);
        world.app.run("UPDATE configuration SET status = 'active' WHERE id = $1", &[&id]).await;
        let never = world.tester.get(&path).await;
        assert!(never.body.contains("This integration has not synced yet"));
        assert!(never.body.contains("start_sync"));
        world.app.run("UPDATE configuration SET status = 'error', last_synced_at = 5 WHERE id = $1", &[&id]).await;
        let bare = world.member.get(&path).await;
        assert!(bare.body.contains("No releases and no sprints"));
        assert!(bare.body.contains("BOOK, BOOK name (error)"));
        assert!(bare.body.contains("The token has expired."));
        drop(world.app);
    }
}

on_both! {
    async fn foreign_ids_are_not_found(app: TestApp) {
        let world = world(app).await;
        let (own, other, id) = (&world.project, &world.other, &world.configuration);
        for path in [
            format!("/projects/{other}/plans?configuration={id}"),
            format!("/projects/{other}/releases/{id}/2"),
            format!("/projects/{other}/sprints/{id}/42"),
            format!("/projects/{other}/requirements/{id}/1"),
            format!("/projects/{other}/requirements?configuration={id}"),
            format!("/projects/{own}/releases/{id}/99"),
            format!("/projects/{own}/sprints/{id}/99"),
            format!("/projects/{own}/sprints/{id}/x"),
            format!("/projects/{own}/requirements/{id}/99"),
            format!("/projects/{own}/requirements/{id}/6"),
            format!("/projects/{own}/requirements/nothing/1"),
            "/projects/nothing/plans".to_string(),
        ] {
            assert_eq!(world.tester.get(&path).await.status, 404, "{path}");
        }
        let stranger = world.app.person("Sam Stranger", AccountRole::User).await;
        let stranger = world.app.browser_of(&stranger).await;
        assert_eq!(stranger.get(&format!("/projects/{own}/plans")).await.status, 404);
        let anonymous = world.app.anonymous().get(&format!("/projects/{own}/plans")).await;
        assert!(anonymous.location().starts_with("/sign-in"), "{}", anonymous.status);
        drop(world.app);
    }
}

on_both! {
    async fn texts_from_jira_stay_text(app: TestApp) {
        let world = world(app).await;
        let hostile = "</style></title><script>alert(1)</script>";
        world.app.release(&world.configuration, "66", hostile, ("", "2026-04-30"), false).await;
        world.app.sprint(&world.configuration, "66", hostile, "active", ("2026-04-01", "2026-04-30")).await;
        let issue = MirrorIssue { summary: hostile.into(), ..planned(requirement("66", "BOOK-66"), &["66"], &[66]) };
        world.app.issue(&world.configuration, &issue).await;
        let (project, id) = (&world.project, &world.configuration);
        for path in [
            format!("/projects/{project}/plans"),
            format!("/projects/{project}/plans?view=list"),
            format!("/projects/{project}/releases/{id}/66"),
            format!("/projects/{project}/sprints/{id}/66"),
            format!("/projects/{project}/requirements"),
            format!("/projects/{project}/requirements/{id}/66"),
            format!("/projects/{project}/requirements?text=%3C%2Fscript%3E%3Cscript%3Ealert(1)&type=%22%3E%3Cscript%3E"),
        ] {
            let page = world.tester.get(&path).await;
            assert_eq!(page.status, 200, "{path}");
            assert!(!page.body.contains("<script>alert"), "{path}");
            assert!(!page.body.contains("</style></title>"), "{path}");
        }
        drop(world.app);
    }
}
