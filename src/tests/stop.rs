//! An orderly stop, whatever is open: the README promises 20 seconds.

use std::time::Duration;

use reqwest::StatusCode;
use secrecy::SecretString;
use traceline::{
    domain::{jira::Deployment, role::ProjectRole},
    sandbox::FaultRule,
    server::{app::connection::token_place, store::connection},
};

use crate::{
    harness::{TestApp, TestClient},
    sync_bench::Bench,
};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_open_stream_and_a_jira_that_hangs_do_not_hold_up_a_stop() {
    let app = TestApp::sqlite().await;
    app.follow_the_machine();
    let bench = Bench::new(app, Deployment::DataCenter).await;
    let url = bench.site.info.url.clone();
    let token = SecretString::from(bench.site.info.accounts[0].token.clone());
    let mut tx = bench.app.state.database().write().await.unwrap();
    let mut row = connection::find(&mut tx, &bench.connection)
        .await
        .unwrap()
        .unwrap();
    row.deployment = Deployment::DataCenter.code().to_owned();
    row.site_url.clone_from(&url);
    row.api_base = url;
    row.sealed_token = Some(bench.app.state.sealer().seal(&token_place(&row), &token));
    assert!(connection::update(&mut tx, &row).await.unwrap());
    tx.commit().await.unwrap();
    bench.request().await;
    bench
        .app
        .join(&bench.project, &bench.person, ProjectRole::ProjectAdmin)
        .await;
    let browser = bench.app.browser_of(&bench.person).await;
    let cookie = format!(
        "{0}={1}",
        traceline::server::auth::session::PLAIN_NAME,
        browser
            .cookie(traceline::server::auth::session::PLAIN_NAME)
            .unwrap()
    );
    let live = "/live";
    let wizard = format!(
        "/projects/{}/integrations/{}/step/1",
        bench.project, bench.configuration
    );
    bench.fault(FaultRule {
        hang: true,
        ..FaultRule::default()
    });
    let Bench {
        app,
        site,
        worker,
        sandbox,
        ..
    } = bench;
    drop((worker, browser));
    let place = app.hand_over().await;

    let mut server = place.start(&["serve"], &[("TRACELINE_ALLOWED_NETWORKS", "127.0.0.0/8")]);
    let browser = TestClient::new(server.wait_for_address(), Some(cookie));
    while site.list_requests().is_empty() {
        tokio::task::yield_now().await;
    }
    let mut stream = browser.follow(live).await;
    assert_eq!(stream.status(), StatusCode::OK);
    assert!(stream.chunk().await.unwrap().is_some(), "the stream is open");
    let before = site.list_requests().len();
    let asking = browser.clone();
    let page = tokio::spawn(async move { asking.get(&wizard).await.status });
    while site.list_requests().len() == before {
        tokio::task::yield_now().await;
    }
    server.terminate();
    let code = tokio::task::spawn_blocking(move || {
        let code = server.wait_for_end(Duration::from_secs(20));
        (code, server.said())
    });
    let (code, said) = code.await.unwrap();
    assert_eq!(code, Some(0), "{said}");
    while let Ok(Some(_)) = stream.chunk().await {}
    // Whoever waited for a page has got one, if it came in time.
    drop(page.await);
    sandbox.stop().await;
}
