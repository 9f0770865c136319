//! Ids of somebody else's in every request that takes one: not found, and nothing is written.

use crate::{
    attacks::{fill, substance},
    endpoint_roles::{ProjectAdmin, Stranger, TABLE, world},
    harness::TestApp,
};

/// What the table calls an id.
const IDS: [&str; 5] = [
    "{project}",
    "{person}",
    "{connection}",
    "{configuration}",
    "{removed}",
];

on_both! {
    async fn an_own_project_opens_nothing_of_another(app: TestApp) {
        let world = world(app).await;
        let before = substance(&world.app).await;
        let mut tried = 0;
        // Project Admin of the other project: every right, in the wrong place.
        let stranger = world.client(Stranger);
        for row in TABLE {
            let mut fields = fill(row, &world);
            let of_project = row.fields.iter().any(|(_, value)| matches!(*value, "{configuration}" | "{removed}"));
            for (field, (_, value)) in fields.iter_mut().zip(row.fields) {
                if *value == "{project}" {
                    field.1 = &world.other;
                }
            }
            if of_project {
                tried += 1;
                let answer = stranger.call(row.endpoint, &fields).await;
                assert_eq!(answer.status.as_u16(), 404, "{}: {}", row.endpoint, answer.body);
                assert!(!answer.body.contains("BOOK"), "{}: {}", row.endpoint, answer.body);
            }
        }
        assert!(tried >= 10, "{tried}");
        for page in [
            "integrations/{c}/step/1", "integrations/{c}/step/6", "integrations/{c}/sync",
            "releases/{c}/1", "sprints/{c}/1", "requirements/{c}/1",
        ] {
            for project in [&world.other, &world.project] {
                let path = format!("/projects/{project}/{}", page.replace("{c}", &world.configuration));
                let answer = stranger.get(&path).await;
                assert_eq!(answer.status.as_u16(), 404, "{path}: {}", answer.body);
                assert!(!answer.body.contains("BOOK"), "{path}: {}", answer.body);
            }
        }
        assert_eq!(substance(&world.app).await, before);
    }
}

on_both! {
    async fn an_id_of_nothing_or_of_another_kind_is_not_found(app: TestApp) {
        let world = world(app).await;
        let before = substance(&world.app).await;
        let nothing = "01980000-0000-7000-8000-000000000000";
        let others = [
            nothing,  "*", "%", "_", "..", "", " ", "0", "-1", "null", "undefined", "{}", "[]", "x' OR '1'='1",
            world.person.as_str(), world.connection.as_str(), world.configuration.as_str(), world.project.as_str(),
            world.removed.as_str(), world.other.as_str(),
        ];
        for row in TABLE {
            for (at, (name, value)) in row.fields.iter().enumerate() {
                if !IDS.contains(value) {
                    continue;
                }
                // Each is asked as somebody for whom the endpoint is, with all other ids right; of those, as one
                // who has a single project.
                let actor = if row.allowed.contains(&ProjectAdmin) { ProjectAdmin } else { row.allowed[0] };
                for other in others {
                    let mut fields = fill(row, &world);
                    // Where the other one is right as well, it is no attack.
                    let is_right = fields[at].1 == other || (*value == "{person}" && world.person == other);
                    let also_right = *value == "{configuration}" && other == world.removed || *value == "{removed}" && other == world.configuration;
                    let is_every_project = row.endpoint == "load_frame";
                    if is_right || also_right || is_every_project {
                        continue;
                    }
                    fields[at].1 = other;
                    let answer = world.client(actor).call(row.endpoint, &fields).await;
                    let status = answer.status.as_u16();
                    assert!((400..500).contains(&status), "{} with {name}={other:?}: {status} {}", row.endpoint, answer.body);
                }
            }
        }
        assert_eq!(substance(&world.app).await, before);
    }
}

on_both! {
    async fn sessions_of_others_are_not_ended(app: TestApp) {
        let world = world(app).await;
        let count = "SELECT COUNT(*) FROM session";
        let before = world.app.number(count, &[]).await;
        let ids = crate::attacks::dump(&world.app).await["session"].join(" ");
        let words: Vec<&str> = ids.split(|letter: char| !letter.is_ascii_alphanumeric() && letter != '-').collect();
        let mut tried = 0;
        for id in words.into_iter().filter(|word| word.len() >= 36) {
            let own = world.app.person(&traceline::server::random::new_id(), traceline::domain::role::AccountRole::User).await;
            let client = world.app.browser_of(&own).await;
            client.call("end_session", &[("session", id)]).await;
            client.call("end_other_sessions", &[]).await;
            client.call("sign_out", &[]).await;
            tried += 1;
        }
        assert!(tried >= 8, "{tried}");
        assert_eq!(world.app.number(count, &[]).await, before);
    }
}
