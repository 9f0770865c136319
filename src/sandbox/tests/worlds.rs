//! Worlds under other names and worlds of any size.

use serde_json::{Value, json};

use crate::{
    domain::jira::Deployment,
    sandbox::{
        Sandbox, SandboxOptions, World, WorldChoice,
        jql::{self, Viewer},
        show_mapping,
    },
};

async fn start(world: &str, name: &str) -> (Sandbox, std::path::PathBuf) {
    let folder = std::env::temp_dir().join(format!("sandbox-world-{}-{name}", std::process::id()));
    let options = SandboxOptions {
        ca_dir: folder.clone(),
        world: WorldChoice::parse(world).unwrap(),
        ..SandboxOptions::default()
    };
    let today = jiff::civil::date(2026, 11, 20);
    (Sandbox::start_at(options, today).await.unwrap(), folder)
}

fn total(world: &World, text: &str) -> usize {
    let viewer = Viewer {
        world,
        projects: world.projects.iter().collect(),
        account: world.accounts.first(),
        sees_all: false,
        now_ms: 1_795_132_800_000,
    };
    let compiled = jql::compile(&jql::parse_query(text).unwrap(), &viewer);
    assert_eq!(compiled.problems, Vec::<String>::new(), "{text}");
    jql::find_all(&compiled, &viewer).ids().len()
}

fn names(list: &[Value]) -> Vec<&str> {
    list.iter().filter_map(|entry| entry["name"].as_str()).collect()
}

#[tokio::test]
async fn other_names_are_used_everywhere() {
    for (choice, kind, status, severity) in [
        ("german", "Fehler", "Wieder geöffnet", "Schweregrad"),
        ("invented", "Skrannit", "Yolk", "Wobbage"),
    ] {
        let (sandbox, folder) = start(choice, choice).await;
        for site in sandbox.world().sites() {
            site.read(|world| {
                assert!(names(&world.issue_types).contains(&kind));
                assert!(total(world, &format!("type = \"{kind}\"")) > 100);
                assert!(total(world, &format!("status = \"{status}\"")) > 0);
                assert!(total(world, &format!("\"{severity}\" is not EMPTY")) > 100);
                for issue in world.issues() {
                    let shown = json!(issue.body).to_string();
                    for english in ["\"Bug\"", "S1 Outage", "\"Trip Booking\"", "\"Medium\""] {
                        assert!(!shown.contains(english), "{choice}: {english}");
                    }
                    assert_ne!(issue.find_field("status").unwrap()["name"], "In Progress");
                }
                let project = world.find_project("TRIP").unwrap();
                assert!(!names(&project.issue_types).contains(&"Bug"));
                let fields = world.list_create_fields(project, "10004").unwrap();
                assert!(
                    fields
                        .iter()
                        .any(|field| field["name"] == severity && field["required"] == true)
                );
            });
            site.grow(9);
            site.read(|world| {
                assert_eq!(world.store.len(), 609);
                assert!(
                    !world
                        .issues()
                        .any(|issue| json!(issue.body).to_string().contains("S1 Outage"))
                );
            });
        }
        std::fs::remove_dir_all(folder).unwrap();
    }
}

#[tokio::test]
async fn the_right_mapping_names_every_value_in_use() {
    let mapping = show_mapping();
    let (sandbox, folder) = start("invented", "mapping").await;
    sandbox.world().data_center().read(|world| {
        for issue in world.issues() {
            let id = |field: &str| issue.find_field(field).and_then(|value| value["id"].as_str());
            let has = |list: &str, id: &str| mapping[list].as_array().unwrap().contains(&json!(id));
            let (kind, status) = (id("issuetype").unwrap(), id("status").unwrap());
            for (types, statuses) in [
                ("requirement_types", "requirement_statuses"),
                ("bug_types", "bug_statuses"),
            ] {
                assert!(
                    !has(types, kind) || mapping[statuses][status].is_string(),
                    "{kind} {status}"
                );
            }
            assert!(id("priority").is_none_or(|id| mapping["priorities"][id].is_string()));
            assert!(id("resolution").is_none_or(|id| mapping["resolutions"][id].is_string()));
        }
    });
    std::fs::remove_dir_all(folder).unwrap();
}

#[tokio::test]
async fn a_generated_world_is_repeatable_believable_and_living() {
    let text = "generate:3000,seed=5,projects=40,versions=60,statuses=50,sprints=40";
    let (sandbox, folder) = start(text, "generated").await;
    let (again, other) = start(text, "again").await;
    for deployment in [Deployment::Cloud, Deployment::DataCenter] {
        let (site, twin) = (sandbox.world(), again.world());
        let show = |world: &World| -> Vec<String> {
            let issues = world.issues().step_by(97);
            let shown = issues.map(|issue| {
                let extras = world.find_extras(issue.id).unwrap().into_owned();
                let text = format!("{} {} {:?}", json!(issue.body), json!(issue.wiki), extras);
                text.replace(&world.base_url, "")
            });
            shown.collect()
        };
        let first = site.get(deployment).read(show);
        assert_eq!(first, twin.get(deployment).read(show));
        site.get(deployment).read(|world| {
            assert_eq!(
                (world.store.len(), world.projects.len(), world.statuses.len()),
                (3000, 40, 50)
            );
            assert_eq!(
                world
                    .projects
                    .iter()
                    .map(|project| project.versions.len())
                    .sum::<usize>(),
                60
            );
            assert_eq!(world.sprints.len(), 40);
            let done = total(world, "statusCategory = Done");
            assert!((1500..2900).contains(&done), "{done}");
            assert!(total(world, "type = Bug") > 400 && total(world, "sprint in openSprints()") > 0);
            assert!(total(world, "project = LA") > total(world, "project = LZ"));
            assert!(total(world, "updated >= -30d") > 20 && total(world, "updated > now()") == 0);
            assert!(total(world, "summary ~ \"the\" AND project = LA") > 0);
            for issue in world.issues() {
                let kept = world.facts(issue.id).unwrap();
                let mut words = world.words.clone();
                let field = world.find_sprint_field();
                let read = crate::sandbox::Facts::read(&issue, field.as_deref(), &mut words);
                let mut read_custom = read.custom.to_vec();
                let mut kept_custom = kept.custom.to_vec();
                read_custom.retain(|(number, _)| *number != 10_019);
                read_custom.sort_by_key(|(number, _)| *number);
                kept_custom.sort_by_key(|(number, _)| *number);
                let kept = crate::sandbox::Facts {
                    custom: read_custom.clone().into_boxed_slice(),
                    ..kept.clone()
                };
                assert_eq!(
                    read,
                    crate::sandbox::Facts {
                        custom: read.custom.clone(),
                        ..kept
                    }
                );
                assert_eq!(read_custom, kept_custom, "{}", issue.key);
            }
        });
        let site = site.get(deployment).clone();
        let fields = json!({"summary": "Changed", "labels": ["fresh"]});
        assert!(site.edit_issue("LA-3", fields.as_object().unwrap()));
        site.read(|world| {
            assert_eq!(total(world, "labels = fresh"), 1);
            assert_eq!(
                world.find_issue("LA-3").unwrap().find_field("summary").unwrap(),
                "Changed"
            );
        });
    }
    for folder in [folder, other] {
        std::fs::remove_dir_all(folder).unwrap();
    }
}
