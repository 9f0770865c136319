//! The background check against the sandbox, on both databases: the light tells the truth within minutes, and Jira is
//! not hammered.

use traceline::{
    domain::role::AccountRole,
    sandbox::{FaultRule, SiteHandle},
    server::app::{connection::open_client, health::look_at_due},
};

use crate::{
    connection::{Form, World},
    harness::TestClient,
};

struct Watched {
    world: World,
    site: SiteHandle,
    admin: TestClient,
}

impl Watched {
    async fn new(world: World) -> Self {
        let ada = world.app.person("Ada Admin", AccountRole::AccountAdmin).await;
        let admin = world.app.browser_of(&ada).await;
        let form = Form::data_center(world.data_center());
        form.post(&admin, "/admin/integrations/new", "save").await;
        let site = world.sandbox.world().data_center().clone();
        Self { world, site, admin }
    }

    async fn look(&self) -> usize {
        look_at_due(&self.world.app.state).await.unwrap()
    }

    /// Lets some minutes pass, then looks.
    async fn look_after(&self, minutes: i64) -> usize {
        self.world.app.state.clock().advance(minutes * 60_000);
        self.look().await
    }

    async fn status(&self) -> (String, String) {
        let row = self.world.rows().await.remove(0);
        (row.status, row.status_reason)
    }

    async fn list(&self) -> String {
        self.admin.get("/admin/integrations").await.body
    }

    fn asked(&self) -> usize {
        self.site.list_requests().len()
    }
}

with_jira! {
    async fn a_jira_that_goes_away_degrades_then_errs_and_comes_back_by_itself(world: World) {
        let watched = Watched::new(world).await;
        let before = watched.asked();
        assert_eq!(watched.look().await, 1);
        assert_eq!(watched.asked(), before + 1, "one cheap call");
        assert_eq!(watched.look().await, 0, "not again at once");
        let page = watched.list().await;
        assert!(page.contains("Last 24 h: all checks passed, not checked in 23 hours") && page.contains("ms on average"), "{page}");

        watched.site.add_fault(FaultRule { status: Some(500), ..FaultRule::default() });
        assert_eq!(watched.look_after(6).await, 1);
        assert_eq!(watched.status().await.0, "active");
        let page = watched.list().await;
        assert!(page.contains("Active, degraded") && page.contains("server error"), "{page}");
        assert_eq!(watched.look_after(1).await, 1);
        assert_eq!(watched.look_after(2).await, 1);
        assert_eq!(watched.status().await, ("error".into(), "Jira answers with a server error.".into()));
        let page = watched.list().await;
        assert!(page.contains("some failed or were put off in 1 hour"), "{page}");
        let id = watched.world.rows().await.remove(0).id;
        let page = watched.admin.get(&format!("/admin/integrations/{id}/health")).await;
        assert!(page.status == 200 && page.body.contains("1 passed, 3 failed"), "{}", page.body);
        assert!(page.body.contains("No check") && page.body.contains("Worked last"), "{}", page.body);
        assert_eq!(watched.admin.get("/admin/integrations/nothing/health").await.status, 404);
        // It backs off.
        assert_eq!(watched.look_after(1).await, 0);

        watched.site.clear_faults();
        assert_eq!(watched.look_after(11).await, 1);
        assert_eq!(watched.status().await.0, "active");
        assert!(!watched.list().await.contains("degraded"));
    }
}

with_jira! {
    async fn a_refused_token_is_not_tried_a_third_time_until_it_is_replaced(world: World) {
        let watched = Watched::new(world).await;
        watched.look().await;
        let refused = FaultRule { status: Some(401), ..FaultRule::default() };
        watched.site.add_fault(refused);
        assert_eq!(watched.look_after(6).await, 1);
        assert_eq!(watched.status().await, ("error".into(), "Jira refuses the token.".into()));
        assert_eq!(watched.look_after(2).await, 1);
        let asked = watched.asked();
        for _ in 0..5 {
            assert_eq!(watched.look_after(60).await, 0);
        }
        assert_eq!(watched.asked(), asked);
        watched.site.clear_faults();
        let row = watched.world.rows().await.remove(0);
        let token = &watched.world.data_center().accounts[0].token;
        let form = Form::data_center(watched.world.data_center()).edits(&row).with("token", token);
        assert_eq!(form.save(&watched.admin, "token").await, (200, String::new()));
        assert_eq!(watched.look().await, 1, "what was saved is looked at again");
        assert_eq!(watched.status().await.0, "active");
    }
}

with_jira! {
    async fn a_limit_is_no_error_and_a_failed_call_is_followed_by_a_look_at_once(world: World) {
        let watched = Watched::new(world).await;
        watched.look().await;
        watched.site.add_fault(FaultRule { retry_after: Some(30), ..FaultRule::default() });
        for _ in 0..4 {
            assert_eq!(watched.look_after(7).await, 1);
            assert_eq!(watched.status().await.0, "active");
        }
        assert!(watched.list().await.contains("Jira asks to slow down"));
        watched.site.clear_faults();
        assert_eq!(watched.look_after(7).await, 1);

        let id = watched.world.rows().await.remove(0).id;
        let open = open_client(&watched.world.app.state, &id).await.unwrap();
        watched.site.add_fault(FaultRule { status: Some(500), ..FaultRule::default() });
        let error = open.client.with_tries(1).myself().await.unwrap_err();
        traceline::server::app::connection::record_failure(&watched.world.app.state, &open.row, &error).await.unwrap();
        assert_eq!(watched.look().await, 1);
        assert!(watched.list().await.contains("Active, degraded"));
        watched.site.clear_faults();

        // What somebody has disconnected is left alone.
        let revision = watched.world.rows().await.remove(0).revision.to_string();
        let fields = [("id", id.as_str()), ("revision", revision.as_str())];
        watched.admin.call("disconnect_connection", &fields).await;
        assert_eq!(watched.look_after(600).await, 0);
        assert_eq!(watched.status().await.0, "inactive");
    }
}

with_jira! {
    async fn a_jira_that_hangs_does_not_hide_how_the_others_are(world: World) {
        let watched = Watched::new(world).await;
        let state = &watched.world.app.state;
        let form = Form::cloud(watched.world.cloud());
        form.post(&watched.admin, "/admin/integrations/new", "save").await;
        let cloud = watched.world.sandbox.world().cloud().clone();
        for site in [&watched.site, &cloud] {
            site.add_fault(FaultRule { hang: true, ..FaultRule::default() });
        }
        let before = (watched.asked(), cloud.list_requests().len());
        let looking = tokio::spawn({
            let state = state.clone();
            async move { look_at_due(&state).await }
        });
        while watched.asked() == before.0 || cloud.list_requests().len() == before.1 {
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
        // Were they asked one after the other, the first would have been given up by now, and counted.
        let ended = watched.world.app.number("SELECT COUNT(*) FROM connection_hour WHERE failed > 0", &[]).await;
        assert_eq!(ended, 0);
        looking.abort();
    }
}
