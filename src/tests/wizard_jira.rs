//! The wizard beside a Jira that is slow, asked often, or answers a token that was replaced meanwhile.

use std::{sync::Arc, time::Duration};

use tokio::sync::Notify;
use traceline::{
    domain::jira::Deployment,
    sandbox::FaultRule,
    server::{outbound::OutboundPolicy, store::connection},
};

use crate::{
    harness::{TestApp, TestResponse, TestSandbox},
    wizard::{Stage, lead_to},
};

fn allow(policy: &mut OutboundPolicy) {
    policy.allowed_networks = vec!["127.0.0.0/8".parse().unwrap()];
}

async fn status(stage: &Stage) -> String {
    let id = stage.row().await.connection_id;
    let mut tx = stage.app.state.database().read().await.unwrap();
    connection::find(&mut tx, &id).await.unwrap().unwrap().status
}

async fn check_slow(app: TestApp, sandbox: TestSandbox) {
    let site = sandbox.sites()[1].clone();
    let late = FaultRule {
        delay_ms: Some(600_000),
        ..FaultRule::default()
    };
    sandbox.world().data_center().add_fault(late);

    let stage = Stage::new(app).await;
    lead_to(&stage, &site.url, &site.accounts[0].token).await;
    let page = stage.open(&stage.page(4)).await;
    for part in [
        "does not answer in time",
        "the work item types, statuses",
        "of BOOK",
        "Choose Refresh",
    ] {
        assert!(page.contains(part), "{part} is missing in {page}");
    }
    let failed = stage.post(1, "save", &[("project", "10001")]).await;
    assert!(failed.contains("failed="), "{failed}");
    assert!(
        stage
            .open(&failed)
            .await
            .contains("It did not send the Jira project within")
    );
    assert_eq!(status(&stage).await, "active");

    stage.keep_lists().await;
    stage.post(5, "save", &[("shown", "1"), ("type.1", "on")]).await;
    let page = stage.open(&stage.page(4)).await;
    assert!(
        page.contains("Zebra") && page.contains("did not send all numbers in time"),
        "{page}"
    );
    stage
        .post(1, "save", &[("project", "10000"), ("board", "4")])
        .await;
    let page = stage.open(&stage.page(4)).await;
    assert!(
        page.contains("Zebra") && page.contains("It did not send the sprints of Delivery"),
        "{page}"
    );
    // A list that is late leaves the one before.
    let back = stage.post(4, "refresh", &[]).await;
    let page = stage.open(&back).await;
    assert!(
        page.contains("Zebra") && page.contains("It did not send the work item types"),
        "{page}"
    );
}

fn impatient(policy: &mut OutboundPolicy) {
    allow(policy);
    policy.page_patience = Duration::from_millis(200);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_slow_jira_holds_up_no_page_sqlite() {
    check_slow(TestApp::sqlite_with(impatient).await, TestSandbox::start().await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_slow_jira_holds_up_no_page_postgres() {
    if let Some(app) = TestApp::postgres_with(impatient).await {
        check_slow(app, TestSandbox::start().await).await;
    }
}

async fn check_look_goes_on(app: TestApp, sandbox: TestSandbox) {
    let site = sandbox.sites()[1].clone();
    let slow = FaultRule {
        path: "/rest/api/2/issue/createmeta".into(),
        delay_ms: Some(300),
        ..FaultRule::default()
    };
    sandbox.world().data_center().add_fault(slow);
    let stage = Stage::new(app).await;
    lead_to(&stage, &site.url, &site.accounts[0].token).await;
    let project = sandbox
        .world()
        .data_center()
        .read(|world| world.find_project("PAY").unwrap().id.clone());
    stage.set_project(&project, "PAY").await;
    let page = stage.open(&stage.page(4)).await;
    assert!(page.contains("does not answer in time"), "{page}");
    let kept = "SELECT COUNT(*) FROM wizard_cache WHERE configuration_id = $1 AND kind = 'lists'";
    let read = async {
        while stage.app.number(kept, &[&stage.configuration]).await == 0 {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    assert!(
        tokio::time::timeout(Duration::from_mins(1), read).await.is_ok(),
        "the look goes on"
    );
    let page = stage.open(&stage.page(4)).await;
    assert!(!page.contains("does not answer in time"), "{page}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_look_goes_on_when_its_page_gives_up_sqlite() {
    check_look_goes_on(TestApp::sqlite_with(impatient).await, TestSandbox::start().await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_look_goes_on_when_its_page_gives_up_postgres() {
    if let Some(app) = TestApp::postgres_with(impatient).await {
        check_look_goes_on(app, TestSandbox::start().await).await;
    }
}

async fn check_invented(app: TestApp, sandbox: TestSandbox) {
    let site = sandbox.sites()[1].clone();
    let stage = Stage::with_lists(app).await;
    lead_to(&stage, &site.url, &site.accounts[0].token).await;
    let world = sandbox.world();
    let center = world.data_center();
    let asked = || {
        let all = center.list_requests();
        all.iter()
            .filter(|request| request.path.contains("createmeta"))
            .count()
    };
    let invented: Vec<String> = (0..300).map(|at| format!("type.99{at:03}")).collect();
    for field in ["customfield_1", "customfield_nowhere"] {
        let mut answers = vec![("shown", "1"), ("severity_field", field)];
        answers.extend(invented.iter().map(|name| (name.as_str(), "on")));
        center.clear_requests();
        stage.post(6, "save", &answers).await;
        stage.open(&stage.page(6)).await;
        assert!(
            asked() <= 2,
            "{field}: {} calls for types that nobody has",
            asked()
        );
    }
    let long = "SELECT COUNT(*) FROM wizard_cache WHERE LENGTH(kind) > 120";
    assert_eq!(stage.app.number(long, &[]).await, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn invented_types_are_not_asked_for_sqlite() {
    check_invented(TestApp::sqlite_with(allow).await, TestSandbox::start().await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn invented_types_are_not_asked_for_postgres() {
    if let Some(app) = TestApp::postgres_with(allow).await {
        check_invented(app, TestSandbox::start().await).await;
    }
}

async fn check_list(app: TestApp, sandbox: TestSandbox) {
    let site = sandbox.sites()[1].clone();
    assert_eq!(site.deployment, Deployment::DataCenter);
    let stage = Stage::new(app).await;
    lead_to(&stage, &site.url, &site.accounts[0].token).await;
    let world = sandbox.world();
    let center = world.data_center();
    let search = async |query: &str| -> TestResponse {
        let fields = [
            ("project", stage.project.as_str()),
            ("configuration", stage.configuration.as_str()),
            ("query", query),
        ];
        stage.client.call("search_jira_projects", &fields).await
    };
    let asked = || {
        let all = center.list_requests();
        all.iter()
            .filter(|request| request.path.ends_with("/rest/api/2/project"))
            .count()
    };
    center.clear_requests();
    for query in ["p", "pa", "pay", "", "nothing like it"] {
        assert_eq!(search(query).await.status.as_u16(), 200, "{query}");
    }
    assert_eq!(search("pay").await.json()["hits"][0]["key"], "PAY");
    assert_eq!(asked(), 1, "one list serves all of them");
    stage.app.state.clock().advance(60_001);
    assert_eq!(search("pay").await.json()["hits"][0]["key"], "PAY");
    assert_eq!(asked(), 2);

    stage.app.state.clock().advance(60_001);
    center.add_fault(FaultRule {
        status: Some(503),
        ..FaultRule::default()
    });
    assert_eq!(
        search("pay").await.json()["hits"][0]["key"],
        "PAY",
        "an older list serves"
    );
    center.clear_faults();
    center.add_fault(FaultRule {
        status: Some(401),
        ..FaultRule::default()
    });
    let refused = search("pay").await;
    assert!(refused.body.contains("refuses the token"), "{}", refused.body);
    assert_eq!(status(&stage).await, "error");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_whole_list_of_a_data_center_is_read_once_sqlite() {
    check_list(TestApp::sqlite_with(allow).await, TestSandbox::start().await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_whole_list_of_a_data_center_is_read_once_postgres() {
    if let Some(app) = TestApp::postgres_with(allow).await {
        check_list(app, TestSandbox::start().await).await;
    }
}

/// A Jira that refuses every token, but waits for a word before it says so.
async fn refuse_on_demand() -> (String, Arc<Notify>, Arc<Notify>) {
    let (seen, go) = (Arc::<Notify>::default(), Arc::<Notify>::default());
    let (told, wait) = (Arc::clone(&seen), Arc::clone(&go));
    let router = axum::Router::new().fallback(move || {
        let (told, wait) = (Arc::clone(&told), Arc::clone(&wait));
        async move {
            told.notify_one();
            wait.notified().await;
            let words = serde_json::json!({"errorMessages": ["Client must be authenticated"], "errors": {}});
            (axum::http::StatusCode::UNAUTHORIZED, axum::Json(words))
        }
    });
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, router).await });
    (url, seen, go)
}

async fn check_fence(app: TestApp) {
    let stage = Stage::new(app).await;
    let search = [
        ("project", stage.project.as_str()),
        ("configuration", stage.configuration.as_str()),
        ("query", "pay"),
    ];
    let save = async || stage.post(1, "save", &[("project", "10001")]).await;
    let load = async || stage.open(&stage.page(4)).await;
    let find = async || stage.client.call("search_jira_projects", &search).await.body;
    for what in ["save", "load", "find"] {
        // A Jira for each: no word to one is left over for the next.
        let (url, seen, go) = refuse_on_demand().await;
        lead_to(&stage, &url, "old").await;
        let ask = async {
            match what {
                "save" => save().await,
                "load" => load().await,
                _ => find().await,
            }
        };
        let repair = async {
            seen.notified().await;
            // Saved anew while the old token is on its way.
            lead_to(&stage, &url, "new").await;
            go.notify_one();
        };
        let answer = async {
            // Whatever else the page asks is answered as well.
            loop {
                seen.notified().await;
                go.notify_one();
            }
        };
        let rest = async {
            repair.await;
            answer.await;
        };
        tokio::select! {
            _ = ask => {}
            () = rest => {}
        }
        assert_eq!(
            status(&stage).await,
            "active",
            "{what}: the refusal is about the old token"
        );
    }
    let (url, seen, go) = refuse_on_demand().await;
    lead_to(&stage, &url, "new").await;
    let answer = async {
        loop {
            seen.notified().await;
            go.notify_one();
        }
    };
    tokio::select! {
        _ = load() => {}
        () = answer => {}
    }
    assert_eq!(status(&stage).await, "error");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_refusal_of_a_replaced_token_changes_nothing_sqlite() {
    check_fence(TestApp::sqlite_with(allow).await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_refusal_of_a_replaced_token_changes_nothing_postgres() {
    if let Some(app) = TestApp::postgres_with(allow).await {
        check_fence(app).await;
    }
}
