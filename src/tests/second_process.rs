//! Two processes that want the same: the second one ends at once and says what to do, the first goes on.

use std::time::Duration;

use reqwest::StatusCode;
use secrecy::SecretString;
use traceline::server::store::{Database, OpenError};

use crate::harness::{Place, TestClient, temp_folder};

/// Long enough for any start.
const PATIENCE: Duration = Duration::from_mins(1);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_second_process_on_the_same_data_says_so_and_harms_nothing() {
    let place = Place::empty();
    let mut first = place.start(&["dev"], &[]);
    let announced = first.wait_until_ready();
    let address = |url: &serde_json::Value| url.as_str().unwrap().split("//").nth(1).unwrap().to_owned();
    let (own, cloud, data_center) = (
        address(&announced["url"]),
        address(&announced["sandbox"][0]["url"]),
        address(&announced["sandbox"][1]["url"]),
    );
    let same_ports = [("TRACELINE_LISTEN", own.as_str())];
    for words in [
        &["dev", "--cloud", &cloud, "--data-center", &data_center][..],
        &["dev"],
        &["serve"],
    ] {
        let mut second = place.start(words, &same_ports);
        assert_eq!(second.wait_for_end(PATIENCE), Some(1), "{words:?}");
        let said = second.said();
        assert!(
            said.contains("another Traceline process is using") && said.contains("stop the other one"),
            "{words:?}: {said}"
        );
    }
    let ready = TestClient::new(own.parse().unwrap(), None).get("/readyz").await;
    assert_eq!((ready.status, ready.body.as_str()), (StatusCode::OK, "ready\n"));

    // On data of its own it meets the ports, and says which ones and how to choose others.
    let elsewhere = Place::empty();
    let mut server = elsewhere.start(&["serve"], &same_ports);
    assert_eq!(server.wait_for_end(PATIENCE), Some(1));
    let said = server.said();
    assert!(said.contains(&own) && said.contains("TRACELINE_LISTEN"), "{said}");
    for words in [
        ["dev", "--cloud", &cloud],
        ["sandbox", "--data-center", &data_center],
    ] {
        let mut sandbox = elsewhere.start(&words, &[]);
        assert_eq!(sandbox.wait_for_end(PATIENCE), Some(1), "{words:?}");
        let said = sandbox.said();
        assert!(
            said.contains(words[2]) && said.contains("--data-center 127.0.0.1:0"),
            "{words:?}: {said}"
        );
    }
}

#[tokio::test]
async fn databases_that_differ_in_their_ending_are_two() {
    let folder = temp_folder();
    let open = |name: &str| {
        let url = SecretString::from(format!("sqlite:{}", folder.path().join(name).display()));
        async move { Database::open(&url).await }
    };
    let first = open("a.db").await.unwrap();
    let second = open("a.sqlite").await.unwrap();
    for name in ["a.db", "a.sqlite"] {
        let refused = open(name).await;
        assert!(
            matches!(&refused, Err(OpenError::InUse { path }) if path.ends_with(name)),
            "{refused:?}"
        );
    }
    first.close().await;
    drop(first);
    open("a.db").await.unwrap();
    second.check().await.unwrap();
}
