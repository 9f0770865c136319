//! Disconnecting a connection and connecting it again, with a sync on its way, on both databases.

use std::time::Duration;

use reqwest::StatusCode;
use traceline::{
    domain::role::{AccountRole, ProjectRole},
    sandbox::{FaultRule, SiteHandle},
    server::{
        app::{connection::open_client, health::look_at_due},
        random,
        store::{self, configuration, connection::ConnectionRow, sync_run::SyncRunRow},
        sync::Worker,
    },
    ui::paths,
};

use crate::{
    connection::{Form, World},
    harness::{TestClient, audit_log},
    sync_bench::settings_of,
};

/// A Data Center that is connected, and the project PAY that is linked and in force.
struct Linked {
    world: World,
    site: SiteHandle,
    admin: TestClient,
    connection: String,
    project: String,
    configuration: String,
    worker: Worker,
}

impl Linked {
    async fn new(world: World) -> Self {
        let ada = world.app.person("Ada Admin", AccountRole::AccountAdmin).await;
        let admin = world.app.browser_of(&ada).await;
        let form = Form::data_center(world.data_center());
        form.post(&admin, "/admin/integrations/new", "save").await;
        let connection = world.rows().await[0].id.clone();
        let project = world.app.project("Booking", &ada).await;
        world.app.join(&project, &ada, ProjectRole::ProjectAdmin).await;
        let site = world.sandbox.world().data_center().clone();
        let settings = serde_json::to_string(&settings_of(&site, "PAY")).unwrap();
        let configuration = random::new_id();
        let mut tx = world.app.state.database().write().await.unwrap();
        let now = world.app.now();
        configuration::insert(
            &mut tx,
            &configuration,
            &project,
            &connection,
            &settings,
            "Ada Admin",
            now,
        )
        .await
        .unwrap();
        configuration::insert_version(&mut tx, "v1", &configuration, &settings, "Ada Admin", now)
            .await
            .unwrap();
        tx.commit().await.unwrap();
        let active = "UPDATE configuration SET status = 'active', jira_project_key = 'PAY' WHERE id = $1";
        world.app.run(active, &[&configuration]).await;
        let worker = Worker::new(world.app.state.clone());
        Self {
            world,
            site,
            admin,
            connection,
            project,
            configuration,
            worker,
        }
    }

    async fn row(&self) -> ConnectionRow {
        self.world.rows().await.remove(0)
    }

    async fn press(&self, verb: &str, revision: i64) -> String {
        let fields = [
            ("id", self.connection.as_str()),
            ("revision", &revision.to_string()),
        ];
        let page = match verb {
            "disconnect_connection" => paths::connection_disconnect(&self.connection),
            _ => paths::connection_reconnect(&self.connection),
        };
        let answer = self.admin.post_form(&page, verb, &fields).await;
        self.admin.get(answer.location()).await.body
    }

    async fn newest_run(&self) -> SyncRunRow {
        let mut tx = self.world.app.state.database().read().await.unwrap();
        let runs = store::sync_run::list_of_configuration(&mut tx, &self.configuration, 1)
            .await
            .unwrap();
        runs.into_iter().next().unwrap().run
    }

    async fn start_sync(&self) -> StatusCode {
        let fields = [
            ("project", self.project.as_str()),
            ("configuration", &self.configuration),
        ];
        self.admin.call("start_sync", &fields).await.status
    }
}

with_jira! {
    async fn a_disconnect_ends_what_runs_and_a_reconnect_catches_up(world: World) {
        let linked = Linked::new(world).await;
        // The first page of work items is read, the second never comes.
        linked.site.add_fault(FaultRule { path: "/rest/api/2/search".into(), hang: true, skip: 2, ..FaultRule::default() });
        assert_eq!(linked.start_sync().await, StatusCode::OK);
        let worker = linked.worker.clone();
        let working = tokio::spawn(async move { worker.run_next().await.unwrap() });
        while linked.newest_run().await.done_count == 0 {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        let question = linked.admin.get(&paths::connection_disconnect(&linked.connection)).await.body;
        for words in ["Disconnect Terminal Jira?", "1 integration becomes Inactive:", "Booking (PAY)", "1 running sync is cancelled.", "To undo,"] {
            assert!(question.contains(words), "{words}: {question}");
        }
        let seen = linked.row().await.revision;
        let page = linked.press("disconnect_connection", seen - 1).await;
        assert!(page.contains("Nothing was done.") && page.contains("It is Active now"), "{page}");
        assert_eq!(linked.row().await.status, "active");

        let page = linked.press("disconnect_connection", seen).await;
        assert!(page.contains("Nothing was deleted.") && page.contains("Disconnected by Ada Admin."), "{page}");
        assert!(working.await.unwrap());
        let run = linked.newest_run().await;
        assert_eq!(run.state, "cancelled");
        assert!(run.error.unwrap().contains("was disconnected"));
        let kept = run.done_count;
        assert!(kept > 0, "what was read stays");

        // Nothing calls Jira any more, and everything says why.
        let asked = linked.site.list_requests().len();
        assert!(open_client(&linked.world.app.state, &linked.connection).await.is_err());
        assert_eq!(linked.start_sync().await, StatusCode::CONFLICT);
        let list = linked.admin.get(&paths::integrations(&linked.project)).await.body;
        assert!(list.contains("Inactive") && list.contains("is disconnected"), "{list}");
        assert!(!linked.worker.run_next().await.unwrap());
        assert_eq!(linked.site.list_requests().len(), asked);
        // The second of two admins hears who was first; saving does not connect.
        let page = linked.press("disconnect_connection", seen).await;
        assert!(page.contains("Ada Admin changed this connection") && page.contains("It is Inactive now"), "{page}");
        linked.site.clear_faults();
        let edit = Form::data_center(linked.world.data_center()).edits(&linked.row().await).with("description", "later");
        assert_eq!(edit.save(&linked.admin, "url").await.0, 200);
        let row = linked.row().await;
        assert_eq!((row.status.as_str(), row.description.as_str()), ("inactive", "later"));
        assert_eq!(row.status_reason, "Disconnected by Ada Admin.");

        let question = linked.admin.get(&paths::connection_reconnect(&linked.connection)).await.body;
        assert!(question.contains("Reconnect Terminal Jira?") && question.contains("1 integration back as before:"), "{question}");
        let page = linked.press("reconnect_connection", row.revision).await;
        assert!(page.contains("Reconnected.") && page.contains("Active"), "{page}");
        assert_eq!(linked.row().await.status, "active");
        let run = linked.newest_run().await;
        assert_eq!((run.state.as_str(), run.trigger_kind.as_str()), ("queued", "reconnect"));
        assert!(linked.worker.run_next().await.unwrap());
        assert_eq!(linked.newest_run().await.state, "done");
        let list = linked.admin.get(&paths::integrations(&linked.project)).await.body;
        assert!(!list.contains("is disconnected"), "{list}");

        let told: Vec<(String, String)> = audit_log(&linked.world.app)
            .await
            .into_iter()
            .filter(|row| row.action.ends_with("connected"))
            .map(|row| (row.action, row.detail))
            .collect();
        let mut expected = [
            ("connection.disconnected".to_owned(), "Terminal Jira; 1 sync ended".to_owned()),
            ("connection.reconnected".to_owned(), "Terminal Jira; passed with limits; 1 sync begun".to_owned()),
        ];
        expected.sort();
        let mut told = told;
        told.sort();
        assert_eq!(told, expected);
    }
}

with_jira! {
    async fn a_reconnect_that_fails_tells_the_truth_and_starts_nothing(world: World) {
        let linked = Linked::new(world).await;
        linked.press("disconnect_connection", linked.row().await.revision).await;
        linked.site.add_fault(FaultRule { status: Some(503), ..FaultRule::default() });
        let page = linked.press("reconnect_connection", linked.row().await.revision).await;
        assert!(page.contains("Connected again, but the test failed.") && page.contains("503"), "{page}");
        let row = linked.row().await;
        assert_eq!(row.status, "error");
        assert!(!linked.worker.run_next().await.unwrap(), "no sync was begun");
        linked.site.clear_faults();
        // It is connected: there is nothing to answer any more.
        let page = linked.press("reconnect_connection", row.revision).await;
        assert!(page.contains("Nothing was done.") && page.contains("It is Error now"), "{page}");
        // A look at the rights finds an account that is known, which is less than the test asked.
        let rights = linked.admin.get(&format!("/admin/integrations/{}/rights", linked.connection)).await;
        assert!(rights.status == StatusCode::OK && rights.body.contains("Browse Projects"), "{}", rights.body);
        assert_eq!(linked.row().await.status, "error");
        // The background check finds out that it works, asks everything again and catches up.
        assert_eq!(look_at_due(&linked.world.app.state).await.unwrap(), 1);
        assert_eq!(linked.row().await.status, "active");
        let run = linked.newest_run().await;
        assert_eq!((run.state.as_str(), run.trigger_kind.as_str()), ("queued", "reconnect"));
        // Strangers and testers see nothing of it.
        let tester = linked.world.app.person("Tia", AccountRole::User).await;
        let theirs = linked.world.app.browser_of(&tester).await;
        let question = theirs.get(&paths::connection_reconnect(&linked.connection)).await;
        assert_eq!(question.status, StatusCode::NOT_FOUND);
    }
}

with_jira! {
    async fn a_sync_that_waits_ends_at_once(world: World) {
        let linked = Linked::new(world).await;
        linked.site.add_fault(FaultRule { path: "/rest/api/2/search".into(), retry_after: Some(600), ..FaultRule::default() });
        linked.start_sync().await;
        assert!(linked.worker.run_next().await.unwrap());
        assert!(linked.newest_run().await.retry_at.is_some(), "it waits for Jira");
        linked.press("disconnect_connection", linked.row().await.revision).await;
        let run = linked.newest_run().await;
        assert_eq!((run.state.as_str(), run.retry_at), ("cancelled", None));
        assert!(run.error.unwrap().contains("reconnecting syncs again"));
    }
}
