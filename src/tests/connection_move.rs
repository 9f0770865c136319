//! A connection that moves: to the same Jira at another address it may, to another Jira it must not
//! while projects are linked through it. Three sandboxes whose ids collide.

use traceline::{
    domain::role::AccountRole,
    sandbox::FaultRule,
    server::{
        jira::dates::parse_timestamp,
        outbound::OutboundPolicy,
        random,
        store::{self, Tx, configuration, connection::ConnectionRow},
    },
};

use crate::{
    connection::{Form, World},
    harness::{TestApp, TestClient, TestSandbox},
};

/// The Jira of the connection, another one, and the first one after a move of its server.
struct Jiras {
    here: TestSandbox,
    other: TestSandbox,
    moved: TestSandbox,
}

impl Jiras {
    async fn start() -> Self {
        let here = TestSandbox::start_at("2026-03-01").await;
        let other = here.start_beside("2026-04-01").await;
        let moved = here.start_beside("2026-03-01").await;
        other
            .world()
            .cloud()
            .edit(|world| "another-cloud".clone_into(&mut world.cloud_id));
        Self { here, other, moved }
    }

    fn allow(&self, policy: &mut OutboundPolicy) {
        let hosts = [&self.here, &self.other, &self.moved].map(|sandbox| {
            let url = &sandbox.sites()[0].url;
            url.trim_start_matches("https://").to_owned()
        });
        policy.allowed_networks = vec!["127.0.0.0/8".parse().unwrap()];
        policy.cloud_hosts = hosts.into();
        policy.cloud_gateway = self.here.sites()[0].url.parse().unwrap();
        policy.extra_ca_pem = Some(std::fs::read(self.here.ca_pem_path()).unwrap());
    }
}

/// Links the Jira project of the first issue of a site and mirrors that issue.
async fn link(
    app: &TestApp,
    connection: &str,
    site: &traceline::sandbox::SiteHandle,
    mirrored: bool,
) -> String {
    let (issue_id, created, project_id, key) = site.read(|world| {
        let issue = world.issues().next().unwrap();
        let project = world
            .projects
            .iter()
            .find(|known| known.id == issue.project_id)
            .unwrap();
        let created = parse_timestamp(&issue.body["fields"]["created"]).unwrap();
        (
            issue.id.to_string(),
            created.as_millisecond(),
            project.id.clone(),
            project.key.clone(),
        )
    });
    let person = app.person(&random::new_id(), AccountRole::User).await;
    let project = app.project(&random::new_id(), &person).await;
    let id = random::new_id();
    let mut tx: Tx = app.state.database().write().await.unwrap();
    configuration::insert(&mut tx, &id, &project, connection, "{}", "Ada", app.now())
        .await
        .unwrap();
    tx.commit().await.unwrap();
    app.run(
        "UPDATE configuration SET status = 'archived', jira_project_id = $2, jira_project_key = $3 WHERE id = $1",
        &[&id, &project_id, &key],
    )
    .await;
    if mirrored {
        let mut issue = crate::mirror_rows::requirement(&issue_id, "X-1");
        issue.created_at = jiff::Timestamp::from_millisecond(created).unwrap();
        app.issue(&id, &issue).await;
        app.run(
            "UPDATE issue SET jira_created_at = CAST($2 AS BIGINT) WHERE configuration_id = $1",
            &[&id, &created.to_string()],
        )
        .await;
    }
    id
}

async fn row_of(world: &World, name: &str) -> ConnectionRow {
    world
        .rows()
        .await
        .into_iter()
        .find(|row| row.name == name)
        .unwrap()
}

/// Tests and saves the connection with another address and its token typed anew; gives what was said.
async fn move_to(world: &World, client: &TestClient, form: &Form, url: &str) -> (u16, String) {
    // Far enough from the test before that nobody is throttled.
    world.app.state.clock().advance(5 * 60 * 1000 + 1);
    let row = row_of(world, form.value("name")).await;
    let form = form
        .clone()
        .edits(&row)
        .with("url", url)
        .with("token", form.value("token"));
    let report = form.test(client).await;
    let (status, said) = form.save(client, "url").await;
    assert_eq!(report["report"]["verdict"] == "failed", status == 422, "{report}");
    let start: String = said.chars().take(20).collect();
    assert!(report.to_string().contains(&start), "{said} is not in {report}");
    (status, said)
}

async fn check(app: TestApp, jiras: Jiras) {
    let Jiras { here, other, moved } = jiras;
    let world = World { app, sandbox: here };
    let client = world.admin().await;
    let (cloud, center) = (Form::cloud(world.cloud()), Form::data_center(world.data_center()));
    for form in [&cloud, &center] {
        assert_eq!(form.save(&client, "url").await, (200, String::new()));
        let row = row_of(&world, form.value("name")).await;
        assert_eq!(row.base_url.as_deref(), Some(form.value("url")));
        assert_eq!(row.cloud_id.is_some(), row.deployment == "cloud", "{row:?}");
    }
    let free = center.clone().with("name", "Nothing linked");
    assert_eq!(free.save(&client, "url").await.0, 200);
    assert_eq!(
        move_to(&world, &client, &free, &other.sites()[1].url).await.0,
        200
    );

    for (form, site) in [(&cloud, 0), (&center, 1)] {
        let name = form.value("name");
        let id = row_of(&world, name).await.id;
        link(&world.app, &id, &world.sandbox.world().sites()[site], true).await;
        let (old, elsewhere) = (form.value("url"), &other.sites()[site].url);
        let (status, said) = move_to(&world, &client, form, elsewhere).await;
        assert_eq!(status, 422, "{said}");
        for part in [old, elsewhere, "another Jira", "Make a new connection"] {
            assert!(said.contains(part), "{part} is missing in: {said}");
        }
        let row = row_of(&world, name).await;
        assert_eq!((row.site_url.trim_end_matches('/'), row.revision), (old, 1));
        assert_eq!(
            move_to(&world, &client, form, &moved.sites()[site].url).await,
            (200, String::new())
        );
        assert_eq!(
            row_of(&world, name).await.site_url.trim_end_matches('/'),
            moved.sites()[site].url
        );
        // Back under another path: it calls itself by its own address still.
        assert_eq!(move_to(&world, &client, form, old).await.0, 200);
    }
    let path = format!("{}/jira", center.value("url"));
    assert_eq!(move_to(&world, &client, &center, &path).await.0, 200);

    // A Jira that does not answer about its work items is no other Jira, and is not taken either.
    moved.world().data_center().add_fault(FaultRule {
        path: "/rest/api/2/issue/".to_owned(),
        status: Some(503),
        ..FaultRule::default()
    });
    let (status, said) = move_to(&world, &client, &center, &moved.sites()[1].url).await;
    assert_eq!(status, 422);
    assert!(
        said.contains("did not show") && said.contains("Test again"),
        "{said}"
    );
    moved.world().data_center().clear_faults();

    // The other type is another Jira, whatever its numbers are.
    let turned = Form::cloud(world.cloud()).with("name", center.value("name"));
    let row = row_of(&world, center.value("name")).await;
    let turned = turned.clone().edits(&row).with("token", turned.value("token"));
    let (status, said) = turned.save(&client, "url").await;
    assert!(status == 422 && said.contains("another Jira"), "{said}");

    // Linked and never synced: the projects speak for it.
    let linked = center.clone().with("name", "Linked alone");
    assert_eq!(linked.save(&client, "url").await.0, 200);
    let id = row_of(&world, "Linked alone").await.id;
    link(&world.app, &id, world.sandbox.world().data_center(), false).await;
    assert_eq!(
        move_to(&world, &client, &linked, &moved.sites()[1].url).await.0,
        200
    );
    other.world().data_center().edit(|world| {
        for project in &mut world.projects {
            project.key = format!("O{}", project.key);
            project.body.insert("key".to_owned(), project.key.clone().into());
        }
    });
    let (status, said) = move_to(&world, &client, &linked, &other.sites()[1].url).await;
    assert!(status == 422 && said.contains("another Jira"), "{said}");

    let mut tx = world.app.state.database().read().await.unwrap();
    let audit = store::audit::list(&mut tx, &store::audit::AuditFilter::default(), i64::MAX, 100)
        .await
        .unwrap();
    assert!(
        audit
            .iter()
            .any(|row| row.action == "connection.tested" && row.detail.contains("failed: Jira answers")),
        "{audit:?}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_connection_never_moves_to_another_jira_sqlite() {
    let jiras = Jiras::start().await;
    let app = TestApp::sqlite_with(|policy| jiras.allow(policy)).await;
    check(app, jiras).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_connection_never_moves_to_another_jira_postgres() {
    let jiras = Jiras::start().await;
    if let Some(app) = TestApp::postgres_with(|policy| jiras.allow(policy)).await {
        check(app, jiras).await;
    }
}
