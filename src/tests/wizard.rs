//! The wizard over HTTP, on both databases: drafts, saving, step rules, ways between the steps. What the
//! mapping tables and the preview say is in `wizard_map`, Proceed and the whole way in `wizard_proceed`.

use traceline::{
    domain::{
        jira::{Deployment, JiraProject},
        role::{AccountRole, ProjectRole},
        wizard::Settings,
    },
    sandbox::SiteInfo,
    server::{
        app::connection::token_place,
        random,
        store::{
            configuration::{self, ConfigurationRow},
            connection::{self, ConnectionRow},
            setting, wizard_cache,
        },
    },
};

use crate::harness::{TestApp, TestClient};

/// Stores a connection whose token opens; nothing answers at its address unless `site` does.
pub async fn connect(app: &TestApp, site: Option<&SiteInfo>) -> String {
    let id = random::new_id();
    let (url, deployment, email, token) = match site {
        None => (
            "http://127.0.0.1:9".to_owned(),
            Deployment::DataCenter,
            None,
            "nothing".to_owned(),
        ),
        Some(site) => {
            let account = &site.accounts[0];
            let email = (site.deployment == Deployment::Cloud).then(|| account.email.clone());
            (site.url.clone(), site.deployment, email, account.token.clone())
        }
    };
    let mut row = ConnectionRow {
        id: id.clone(),
        name: "Halden Jira".into(),
        deployment: deployment.code().into(),
        site_url: url.clone(),
        api_base: url,
        cloud_id: None,
        base_url: None,
        email,
        sealed_token: None,
        token_set_at: Some(0),
        token_set_by: Some("Ada".into()),
        token_expires_on: None,
        description: String::new(),
        ca_pem: None,
        status: "active".into(),
        status_reason: String::new(),
        status_next: String::new(),
        status_since: 0,
        report: None,
        checked_at: None,
        identity: None,
        product_version: None,
        revision: 1,
        created_at: 0,
        created_by: "Ada".into(),
        updated_at: 0,
        updated_by: "Ada".into(),
    };
    row.sealed_token = Some(app.state.sealer().seal(&token_place(&row), &token.into()));
    let mut tx = app.state.database().write().await.unwrap();
    connection::insert(&mut tx, &row).await.unwrap();
    tx.commit().await.unwrap();
    id
}

/// Lets the stage's connection lead to an address with a token.
pub async fn lead_to(stage: &Stage, url: &str, token: &str) {
    let id = stage.row().await.connection_id;
    let mut tx = stage.app.state.database().write().await.unwrap();
    let mut row = connection::find(&mut tx, &id).await.unwrap().unwrap();
    (row.site_url, row.api_base) = (url.to_owned(), url.to_owned());
    let sealer = stage.app.state.sealer();
    row.sealed_token = Some(sealer.seal(&token_place(&row), &token.to_owned().into()));
    // Whatever a call with an older token came to.
    "active".clone_into(&mut row.status);
    assert!(connection::update(&mut tx, &row).await.unwrap());
    tx.commit().await.unwrap();
}

/// A connection and a configuration with the Jira project BOOK chosen; gives their ids.
pub async fn linked(app: &TestApp, project: &str) -> (String, String) {
    let connection = connect(app, None).await;
    let id = random::new_id();
    let chosen = JiraProject {
        id: "10000".into(),
        key: "BOOK".into(),
        name: "Booking Web".into(),
    };
    let draft = serde_json::to_string(&Settings {
        project: Some(chosen),
        ..Settings::default()
    })
    .unwrap();
    let mut tx = app.state.database().write().await.unwrap();
    configuration::insert(&mut tx, &id, project, &connection, &draft, "Ada Admin", app.now())
        .await
        .unwrap();
    tx.commit().await.unwrap();
    (connection, id)
}

/// What Jira would have said about BOOK: two types, two statuses of one name, no fields.
const LISTS: &str = r#"{
    "project": {"id": "10000", "key": "BOOK", "name": "Booking Web"},
    "boards": [{"id": 4, "name": "Delivery", "kind": "scrum"}],
    "issue_types": [{"id": "1", "name": "Story", "subtask": false}, {"id": "2", "name": "Bug", "subtask": false}],
    "statuses": [
        {"id": "11", "name": "Review", "category": "in_progress", "issue_type_ids": ["1"]},
        {"id": "12", "name": "Review", "category": "to_do", "issue_type_ids": ["1", "2"]},
        {"id": "13", "name": "</script><b>Done", "category": "done", "issue_type_ids": ["1"]}
    ],
    "priorities": [{"id": "21", "name": "High"}, {"id": "22", "name": "Zebra"}],
    "resolutions": [{"id": "31", "name": "Fixed"}],
    "fields": [{"id": "customfield_1", "name": "Severity", "custom": true, "kind": "option", "scope_project_id": null}],
    "releases": []
}"#;

pub struct Stage {
    pub app: TestApp,
    pub project: String,
    pub configuration: String,
    pub client: TestClient,
}

impl Stage {
    pub async fn new(app: TestApp) -> Self {
        let person = app.person("Ana Lind", AccountRole::User).await;
        let project = app.project("Booking", &person).await;
        app.join(&project, &person, ProjectRole::ProjectAdmin).await;
        let (_, configuration) = linked(&app, &project).await;
        let client = app.browser_of(&person).await;
        Self {
            app,
            project,
            configuration,
            client,
        }
    }

    /// As [`Stage::new`], with what Jira has known, so that nobody asks it.
    pub async fn with_lists(app: TestApp) -> Self {
        let stage = Self::new(app).await;
        stage.keep_lists().await;
        stage
    }

    /// Keeps what Jira would have said as read just now.
    pub async fn keep_lists(&self) {
        let mut tx = self.app.state.database().write().await.unwrap();
        wizard_cache::save(
            &mut tx,
            &self.configuration,
            "lists",
            "10000",
            LISTS,
            self.app.now(),
        )
        .await
        .unwrap();
        tx.commit().await.unwrap();
    }

    pub fn page(&self, step: u8) -> String {
        format!(
            "/projects/{}/integrations/{}/step/{step}",
            self.project, self.configuration
        )
    }

    /// Chooses a Jira project in the draft.
    pub async fn set_project(&self, id: &str, key: &str) {
        let project = JiraProject {
            id: id.to_owned(),
            key: key.to_owned(),
            name: key.to_owned(),
        };
        let draft = serde_json::to_string(&Settings {
            project: Some(project),
            ..Settings::default()
        })
        .unwrap();
        let statement = "UPDATE configuration SET draft = $1 WHERE id = $2";
        self.app.run(statement, &[&draft, &self.configuration]).await;
    }

    pub async fn row(&self) -> ConfigurationRow {
        let mut tx = self.app.state.database().read().await.unwrap();
        configuration::find(&mut tx, &self.configuration)
            .await
            .unwrap()
            .unwrap()
    }

    pub async fn settings(&self) -> Settings {
        serde_json::from_str(&self.row().await.draft).unwrap()
    }

    /// Posts a step's form at the draft's own revision; gives where the browser is sent.
    pub async fn post(&self, step: u8, pressed: &str, answers: &[(&str, &str)]) -> String {
        let revision = self.row().await.draft_revision;
        self.post_at(step, revision, pressed, answers).await
    }

    pub async fn post_at(&self, step: u8, revision: i64, pressed: &str, answers: &[(&str, &str)]) -> String {
        let (number, revision) = (step.to_string(), revision.to_string());
        let names: Vec<(String, &str)> = answers
            .iter()
            .map(|(name, value)| (format!("answers[{name}]"), *value))
            .collect();
        let mut fields = vec![
            ("project", self.project.as_str()),
            ("configuration", self.configuration.as_str()),
            ("step", number.as_str()),
            ("draft_revision", revision.as_str()),
            ("do", pressed),
        ];
        fields.extend(names.iter().map(|(name, value)| (name.as_str(), *value)));
        let answer = self
            .client
            .post_form(&self.page(step), "save_wizard_step", &fields)
            .await;
        assert_eq!(answer.status.as_u16(), 303, "{}", answer.body);
        // Every way ends at a place on its page; which one is tested where it is decided.
        let address = answer.location();
        match address.split_once('#') {
            Some((page, "step" | "said" | "q" | "preview" | "gaps-map")) => page.to_owned(),
            _ => address.to_owned(),
        }
    }

    pub async fn open(&self, address: &str) -> String {
        let answer = self.client.get(address).await;
        assert_eq!(answer.status.as_u16(), 200, "{address}: {}", answer.body);
        answer.body
    }
}

on_both! {
    async fn when_a_draft_was_saved_is_told_by_the_clocks_of_then(app: TestApp) {
        let stage = Stage::with_lists(app).await;
        let mut tx = stage.app.state.database().write().await.unwrap();
        setting::save(&mut tx, setting::TIME_ZONE, "Europe/Berlin").await.unwrap();
        tx.commit().await.unwrap();
        // The clocks go forward on 29 March 2026.
        let now: jiff::Timestamp = "2026-03-30T10:00:00Z".parse().unwrap();
        stage.app.state.clock().advance(now.as_millisecond() - stage.app.now());
        let saved = "UPDATE configuration SET draft_revision = 2, draft_saved_by = 'Ben Ruiz', draft_saved_at = 1774692000000 WHERE id = $1";
        stage.app.run(saved, &[&stage.configuration]).await;
        let person = stage.app.person("Zoe Neu", AccountRole::User).await;
        stage.app.join(&stage.project, &person, ProjectRole::ProjectAdmin).await;
        let zoe = Stage { client: stage.app.browser_of(&person).await, ..stage };
        let back = zoe.post_at(1, 1, "save", &[("description", "Late")]).await;
        let body = zoe.open(&back).await;
        assert!(body.contains("Ben Ruiz changed this draft at 28 Mar, 11:00"), "{body}");
    }
}

on_both! {
    async fn a_draft_that_somebody_else_saved_is_not_lost(app: TestApp) {
        let stage = Stage::with_lists(app).await;
        let ben = stage.app.person("Ben Ruiz", AccountRole::User).await;
        stage.app.join(&stage.project, &ben, ProjectRole::ProjectAdmin).await;
        let ben = Stage { client: stage.app.browser_of(&ben).await, app: stage.app, ..stage };
        let fields = [("shown", "1"), ("pull_requirements", "on")];
        assert_eq!(ben.post_at(2, 1, "save", &fields).await, format!("{}?done=saved", ben.page(2)));
        // Ana opened revision 1 as well.
        let ana = Stage { client: stage.client, ..ben };
        let back = ana.post_at(1, 1, "save", &[("description", "Typed by Ana")]).await;
        assert!(back.contains("failed="), "{back}");
        let body = ana.open(&back).await;
        assert!(body.contains("Ben Ruiz changed this draft at 11 Mar, 14:00"), "{body}");
        assert!(body.contains("Typed by Ana"), "what was typed is kept");
        assert!(!ana.settings().await.bug_mapping, "Ben's answers stand");
        assert_eq!(ana.settings().await.description, "");
        // The page carries the new revision: saving again is a decision.
        assert!(body.contains(r#"name="draft_revision" value="2""#));
        assert!(ana.post(1, "next", &[("description", "Typed by Ana")]).await.ends_with("/step/2"));
        assert_eq!(ana.settings().await.description, "Typed by Ana");
    }
}

on_both! {
    async fn descriptions_are_counted_in_characters(app: TestApp) {
        let stage = Stage::with_lists(app).await;
        let long = "🦀".repeat(256);
        let back = stage.post(1, "save", &[("description", &long)]).await;
        let body = stage.open(&back).await;
        assert!(body.contains("The description has 256 characters. The limit is 255; shorten it by 1."));
        assert!(body.contains(&long), "what was typed is kept");
        assert_eq!(stage.row().await.draft_revision, 1);
        stage.post(1, "save", &[("description", &"🦀".repeat(255))]).await;
        assert_eq!(stage.settings().await.description.chars().count(), 255);
    }
}

on_both! {
    async fn a_type_belongs_to_one_step(app: TestApp) {
        let stage = Stage::with_lists(app).await;
        assert!(stage.post(5, "next", &[("shown", "1"), ("type.1", "on"), ("source1", "due_date")]).await.ends_with("/step/6"));
        let page = stage.open(&stage.page(6)).await;
        assert!(page.contains("Pulled as requirements in step 5"), "{page}");
        assert!(page.contains(r#"value="go.5.requirement_types""#), "with the way to take it off there: {page}");
        let back = stage.post(6, "save", &[("shown", "1"), ("type.1", "on")]).await;
        let body = stage.open(&back).await;
        assert!(body.contains("A work item type is chosen in step 5 and here."), "{body}");
        assert!(stage.settings().await.bugs.type_ids.is_empty());
        stage.post(6, "save", &[("shown", "1"), ("type.2", "on")]).await;
        let back = stage.post(5, "save", &[("shown", "1"), ("type.1", "on"), ("type.2", "on")]).await;
        assert!(stage.open(&back).await.contains("A work item type is chosen as a bug in step 6 and here."));
    }
}

on_both! {
    async fn steps_that_are_off_or_blocked_take_no_answers(app: TestApp) {
        let stage = Stage::with_lists(app).await;
        stage.post(2, "save", &[("shown", "1"), ("pull_requirements", "on")]).await;
        let closed = stage.open(&stage.page(6)).await;
        assert!(closed.contains("Bugs are not pulled. Turn on Bug mapping in step 2.") && closed.contains("Go to step 2"), "{closed}");
        let back = stage.post(6, "save", &[("shown", "1"), ("type.2", "on")]).await;
        assert!(stage.open(&back).await.contains("Turn on Bug mapping in step 2."));
        // Next leads past what is off, and the last step that is on can proceed.
        assert!(stage.post(4, "next", &[]).await.ends_with("/step/5"));
        assert!(stage.open(&stage.page(5)).await.contains(r#"value="proceed""#));
        // Without a board sprints and their end date are off, with the reason.
        let page = stage.open(&stage.page(3)).await;
        assert!(page.contains("Sprints come from a board. Choose a board in step 1 to pull them."));
        assert!(page.contains(r#"value="go.1.board""#), "with the way there: {page}");
        stage.post(1, "save", &[("board", "4")]).await;
        assert!(!stage.open(&stage.page(3)).await.contains("Sprints come from a board."));
        let row = stage.row().await;
        for (step, status) in [(0, 404), (7, 404)] {
            let answer = stage.client.get(&stage.page(step)).await;
            assert_eq!(answer.status.as_u16(), status, "step {step}");
        }
        assert_eq!(row.draft_step, 4);
    }
}

on_both! {
    async fn every_way_to_another_step_keeps_what_was_typed(app: TestApp) {
        let stage = Stage::with_lists(app).await;
        stage.post(4, "save", &[("map.21", "high")]).await;
        let page = stage.open(&stage.page(4)).await;
        assert!(page.contains(r#"form="wz" name="do" value="go.2""#), "the stepper sends the form: {page}");
        assert!(page.contains(r#"name="do" value="show.unmapped.map""#), "{page}");
        assert_eq!(stage.post(4, "go.2", &[("map.21", "low")]).await, stage.page(2));
        assert_eq!(stage.settings().await.priorities.by_id.len(), 1);
        assert_eq!(stage.post(4, "go.5.date_sources", &[("map.22", "low")]).await, format!("{}#date_sources", stage.page(5)));
        assert_eq!(stage.post(4, "show.unmapped.map", &[("map.22", "")]).await, format!("{}?show=unmapped", stage.page(4)));
        assert_eq!(stage.settings().await.priorities.by_id.len(), 1);
        // What cannot be saved is told and kept, and the step stays open.
        let back = stage.post(5, "go.2", &[("source1", "due_date"), ("source2", "due_date")]).await;
        assert!(back.contains("/step/5?failed="), "{back}");
        assert!(stage.open(&back).await.contains("A date field is chosen twice."));
        // A step that is off has no form: its ways are links.
        stage.post(2, "save", &[("shown", "1"), ("pull_requirements", "on")]).await;
        let closed = stage.open(&stage.page(6)).await;
        assert!(closed.contains("This step is off.") && !closed.contains(r#"value="go."#), "{closed}");
    }
}

on_both! {
    async fn a_search_for_a_project_keeps_the_other_answers(app: TestApp) {
        let stage = Stage::with_lists(app).await;
        let typed = [("description", "Typed before"), ("q", "pay & go"), ("searched", "")];
        let searched = format!("{}?q=pay+%26+go", stage.page(1));
        assert_eq!(stage.post(1, "search", &typed).await, searched);
        assert_eq!(stage.settings().await.description, "Typed before");
        assert_eq!(stage.post(1, "enter", &typed).await, searched);
        // Another project takes answers away: a search alone does not choose it.
        let picked = [("project", "99"), ("q", "ops"), ("searched", "")];
        assert!(stage.post(1, "search", &picked).await.ends_with("?q=ops"));
        assert_eq!(stage.settings().await.project.unwrap().id, "10000");
        let again = [("q", "ops"), ("searched", "ops")];
        assert!(stage.post(1, "enter", &again).await.ends_with("?done=saved"));
        // A description that does not fit is told, and the words of the search stand as well.
        let long = "x".repeat(256);
        let back = stage.post(1, "search", &[("description", &long), ("q", "ops")]).await;
        let page = stage.open(&back).await;
        assert!(page.contains(&long) && page.contains(r#"value="ops""#), "{page}");
    }
}

on_both! {
    async fn who_only_looks_around_has_saved_nothing(app: TestApp) {
        let stage = Stage::with_lists(app).await;
        stage.post(1, "save", &[("description", "Payments")]).await;
        let before = stage.row().await;
        stage.app.state.clock().advance(60_000);
        let same = [("description", "Payments"), ("q", "ops"), ("searched", "")];
        assert!(stage.post(1, "search", &same).await.ends_with("?q=ops"));
        assert!(stage.post(4, "show.unmapped.map", &[("map.21", "")]).await.ends_with("?show=unmapped"));
        assert_eq!(stage.row().await, before, "neither who saved it nor when");
        // With an answer that changed, the search keeps it.
        stage.post(1, "search", &[("description", "Refunds"), ("q", "ops"), ("searched", "")]).await;
        assert_eq!(stage.settings().await.description, "Refunds");
        assert_eq!(stage.row().await.draft_revision, before.draft_revision + 1);
    }
}

on_both! {
    async fn with_nothing_to_pull_next_says_so_at_once(app: TestApp) {
        let stage = Stage::with_lists(app).await;
        let back = stage.post(2, "next", &[("shown", "1")]).await;
        assert!(back.contains("/step/2?failed="), "{back}");
        let page = stage.open(&back).await;
        assert!(page.contains("Nothing is chosen to pull: choose Pull requirements, Bug mapping or both."), "{page}");
        assert!(page.contains(r##"href="#pull_requirements""##) && page.contains(r#"id="pull_requirements-error""#), "{page}");
        assert!(!page.contains(r#"value="on" checked"#), "what was chosen stays on the page: {page}");
        assert!(page.contains(r#"value="next""#) && !page.contains(r#"value="proceed""#), "there is a way on to press: {page}");
        assert!(stage.settings().await.bug_mapping, "and nothing was written");
        // Save and the other ways keep even that.
        assert!(stage.post(2, "save", &[("shown", "1")]).await.ends_with("?done=saved"));
        assert!(!stage.settings().await.bug_mapping);
    }
}

on_both! {
    async fn a_project_without_sprints_is_not_sent_for_a_scrum_board(app: TestApp) {
        let stage = Stage::with_lists(app).await;
        let kanban = LISTS.replace("scrum", "kanban");
        let mut tx = stage.app.state.database().write().await.unwrap();
        wizard_cache::save(&mut tx, &stage.configuration, "lists", "10000", &kanban, stage.app.now()).await.unwrap();
        tx.commit().await.unwrap();
        for step in [3, 5] {
            let page = stage.open(&stage.page(step)).await;
            assert!(page.contains("This Jira project has no Scrum board"), "{page}");
            assert!(!page.contains(r#"value="go.1.board""#), "no advice that cannot be followed: {page}");
        }
    }
}

on_both! {
    async fn an_empty_draft_is_taken_up_again_and_waits_for_a_project(app: TestApp) {
        let stage = Stage::new(app).await;
        let connection = stage.row().await.connection_id;
        let address = format!("/projects/{}/integrations", stage.project);
        let fields = [("project", stage.project.as_str()), ("connection", connection.as_str())];
        let first = stage.client.post_form(&address, "create_configuration", &fields).await;
        let second = stage.client.post_form(&address, "create_configuration", &fields).await;
        assert_eq!(first.location(), second.location());
        let list = stage.open(&address).await;
        assert!(list.contains("No Jira project chosen yet") && list.contains("Resume"), "{list}");
        let configuration = first.location().split('/').nth(4).unwrap().to_owned();
        let draft = Stage { configuration, ..stage };
        let back = draft.post(1, "next", &[]).await;
        assert!(back.contains("/step/1"), "{back}");
        let page = draft.open(&back).await;
        assert!(page.contains("Choose a Jira project to go on."), "{page}");
        // What waits for the project says so once, not at each of the five steps (drawn wide and narrow).
        assert_eq!(page.matches("After step 1").count(), 2, "{page}");
        assert!(!page.contains("in step 1 first"), "{page}");
        let closed = draft.open(&draft.page(5)).await;
        assert!(closed.contains("Choose a Jira project in step 1 first.") && closed.contains("Go to step 1"), "{closed}");
    }
}

on_both! {
    async fn date_sources_move_by_buttons(app: TestApp) {
        let stage = Stage::with_lists(app).await;
        let sources = [("source1", "due_date"), ("source2", ""), ("source3", "resolved_date")];
        stage.post(5, "up.3", &sources).await;
        let codes = |settings: &Settings| settings.requirement.date_sources.iter().map(|source| source.code().to_owned()).collect::<Vec<_>>();
        assert_eq!(codes(&stage.settings().await), ["resolved_date", "due_date"]);
        let back = stage.post(5, "save", &[("source1", "due_date"), ("source2", "due_date")]).await;
        assert!(stage.open(&back).await.contains("A date field is chosen twice. Choose each once."));
    }
}

on_both! {
    async fn foreign_configurations_do_not_exist(app: TestApp) {
        let stage = Stage::with_lists(app).await;
        let other = stage.app.person("Cem Ates", AccountRole::User).await;
        let project = stage.app.project("Other", &other).await;
        stage.app.join(&project, &other, ProjectRole::ProjectAdmin).await;
        let cem = stage.app.browser_of(&other).await;
        for id in [stage.configuration.as_str(), "nonsense"] {
            let answer = cem.get(&format!("/projects/{project}/integrations/{id}/step/1")).await;
            assert_eq!(answer.status.as_u16(), 404, "{}", answer.body);
            let fields = [("project", project.as_str()), ("configuration", id), ("step", "2"), ("draft_revision", "1")];
            assert_eq!(cem.call("save_wizard_step", &fields).await.status.as_u16(), 404);
        }
        assert_eq!(stage.row().await.draft_revision, 1);
    }
}

on_both! {
    async fn the_list_says_who_can_help(app: TestApp) {
        app.person("Ada Admin", AccountRole::AccountAdmin).await;
        let person = app.person("Ana Lind", AccountRole::User).await;
        let project = app.project("Booking", &person).await;
        app.join(&project, &person, ProjectRole::ProjectAdmin).await;
        let tester = app.person("Tim Tester", AccountRole::User).await;
        app.join(&project, &tester, ProjectRole::Tester).await;
        let address = format!("/projects/{project}/integrations");
        let (ana, tim) = (app.browser_of(&person).await, app.browser_of(&tester).await);
        let body = ana.get(&address).await.body;
        assert!(body.contains("There is no connection to Jira yet. Ada Admin can set one up."), "{body}");
        let connection = connect(&app, None).await;
        assert!(ana.get(&address).await.body.contains("New configuration"));
        let body = tim.get(&address).await.body;
        assert!(!body.contains("New configuration") && body.contains("Ana Lind can link one as Project Admin."), "{body}");
        let fields = [("project", project.as_str()), ("connection", connection.as_str())];
        let answer = ana.post_form(&address, "create_configuration", &fields).await;
        assert!(answer.location().ends_with("/step/1"), "{}", answer.location());
        // Jira is away: the page stands, says so and keeps what was typed.
        let page = ana.get(answer.location()).await;
        assert_eq!(page.status.as_u16(), 200);
        assert!(page.body.contains("Jira"), "{}", page.body);
        app.run("UPDATE connection SET status = 'inactive' WHERE id = $1", &[&connection]).await;
        let answer = ana.post_form(&address, "create_configuration", &fields).await;
        assert!(ana.get(answer.location()).await.body.contains("is not active, so no configuration can begin on it."));
    }
}

on_both! {
    async fn a_page_says_what_is_saved_and_what_is_not(app: TestApp) {
        let stage = Stage::with_lists(app).await;
        stage.post(4, "save", &[("map.21", "high")]).await;
        let page = stage.open(&stage.page(4)).await;
        assert!(page.contains(r#"<span data-unsaved="" hidden>Unsaved changes"#) && !page.contains("data-dirty"), "{page}");
        assert!(page.contains("Nothing is synced before Proceed."), "{page}");
        let back = stage.post(5, "save", &[("source1", "due_date"), ("source2", "due_date")]).await;
        let page = stage.open(&back).await;
        assert!(page.contains(r#"<span data-saved="" hidden>Saved by"#) && page.contains("data-dirty"), "{page}");
    }
}

on_both! {
    async fn a_word_stands_once(app: TestApp) {
        let stage = Stage::with_lists(app).await;
        stage.post(1, "save", &[("board", "4")]).await;
        stage.post(3, "next", &[]).await;
        let page = stage.open(&stage.page(4)).await;
        assert!(page.contains("Releases and sprints<small>Both"), "{page}");
    }
}
