//! Names and networks that change under way, over real sockets on loopback: whoever must not be called counts none.

use std::io;
use std::net::IpAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use futures::future::BoxFuture;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use url::Url;

use super::tests::{Names, OK, allowing, call, listen};
use super::*;

/// Name services in turn: an error, no address, then whatever is listed; the last one stays.
struct Turns(Mutex<Vec<Option<Vec<IpAddr>>>>, AtomicUsize);

impl Turns {
    fn of(turns: &[Option<&[&str]>]) -> Arc<Self> {
        let turn = |turn: Option<&[&str]>| {
            turn.map(|list| list.iter().map(|ip| ip.parse().expect("an address")).collect())
        };
        Arc::new(Self(
            Mutex::new(turns.iter().copied().map(turn).collect()),
            AtomicUsize::new(0),
        ))
    }
}

impl LookUp for Turns {
    fn look_up(&self, _host: String) -> BoxFuture<'static, io::Result<Vec<IpAddr>>> {
        self.1.fetch_add(1, Ordering::SeqCst);
        let mut turns = self.0.lock().expect("turns");
        let found = if turns.len() > 1 {
            turns.remove(0)
        } else {
            turns[0].clone()
        };
        Box::pin(async move { found.ok_or_else(|| io::Error::other("the name service is away")) })
    }
}

/// Listens on another address of loopback and counts who calls.
async fn listen_at(address: &str, port: u16) -> Option<Arc<AtomicUsize>> {
    let listener = TcpListener::bind((address, port)).await.ok()?;
    let calls = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&calls);
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            counted.fetch_add(1, Ordering::SeqCst);
            let _ = stream.read(&mut [0; 4096]).await;
            let _ = stream.write_all(OK).await;
        }
    });
    Some(calls)
}

#[tokio::test]
async fn a_name_that_turns_private_is_never_followed_there() {
    // 127.0.0.1 stands for a public address; 127.0.0.9 for a private one.
    let (port, public) = listen(OK).await;
    let private = listen_at("127.0.0.9", port).await;
    let allowed: &[&str] = &["127.0.0.1"];
    for turns in [
        &[Some(allowed), Some(&["127.0.0.9"])][..],
        &[None, Some(&["127.0.0.9"])],
        &[Some(&[]), Some(&["127.0.0.9"])],
        &[Some(allowed), None, Some(&["127.0.0.9"])],
        &[Some(allowed), Some(&["127.0.0.1", "127.0.0.9"])],
        &[Some(allowed), Some(&["127.0.0.9", "127.0.0.1"])],
        &[Some(allowed), Some(&["::1"])],
        &[Some(allowed), Some(&["::ffff:127.0.0.9"])],
        &[Some(allowed), Some(&["64:ff9b::127.0.0.9"])],
        &[Some(allowed), Some(&["0.0.0.0"])],
    ] {
        let names = Turns::of(turns);
        let policy = allowing(&["127.0.0.1/32"], &[]);
        let client = OutboundClient::with_look_up(policy, None, names.clone()).expect("a client");
        for _ in 0..4 {
            let before = (names.1.load(Ordering::SeqCst), public.load(Ordering::SeqCst));
            let answer = call(&client, &format!("http://jira.test:{port}/")).await;
            let after = (names.1.load(Ordering::SeqCst), public.load(Ordering::SeqCst));
            // What is called is what was judged: no second look-up in between.
            assert!(after.0 - before.0 <= 1, "{turns:?}");
            assert_eq!(answer.is_ok(), after.1 == before.1 + 1, "{turns:?}: {answer:?}");
        }
        let last = call(&client, &format!("http://jira.test:{port}/")).await;
        assert!(
            matches!(last, Err(OutboundError::AddressNotAllowed { .. })),
            "{turns:?}: {last:?}"
        );
    }
    assert_eq!(private.map_or(0, |calls| calls.load(Ordering::SeqCst)), 0);
}

#[tokio::test]
async fn one_listed_address_opens_no_other() {
    let (port, listed) = listen(OK).await;
    let neighbours = [
        listen_at("127.0.0.2", port).await,
        listen_at("127.0.0.3", port).await,
    ];
    let policy = || allowing(&["127.0.0.1/32"], &[&format!("jira.test:{port}")]);
    let client = OutboundClient::new(policy(), None).expect("a client");
    assert!(call(&client, &format!("http://127.0.0.1:{port}/")).await.is_ok());
    for host in [
        "127.0.0.2",
        "127.0.0.3",
        "[::1]",
        "[::ffff:127.0.0.2]",
        "169.254.169.254",
        "[fd00:ec2::254]",
        "100.100.100.200",
        "metadata.google.internal",
        "10.0.0.6",
        "192.168.0.1",
        "0.0.0.0",
    ] {
        let answer = call(&client, &format!("http://{host}:{port}/")).await;
        assert!(
            matches!(answer, Err(OutboundError::AddressNotAllowed { .. })),
            "{host}: {answer:?}"
        );
    }
    // A listed name opens private addresses for itself alone, and never those of metadata.
    for (name, at, good) in [
        ("jira.test", "127.0.0.1", true),
        ("other.test", "127.0.0.2", false),
        ("xjira.test", "127.0.0.2", false),
        ("jira.test.evil.test", "127.0.0.2", false),
        ("jira.test", "169.254.169.254", false),
        ("jira.test", "::ffff:169.254.169.254", false),
    ] {
        let names = Names::of(name, &[&[at]]);
        let client = OutboundClient::with_look_up(policy(), None, names).expect("a client");
        let answer = call(&client, &format!("http://{name}:{port}/")).await;
        assert_eq!(answer.is_ok(), good, "{name} at {at}: {answer:?}");
    }
    assert_eq!(listed.load(Ordering::SeqCst), 2);
    for calls in neighbours.into_iter().flatten() {
        assert_eq!(calls.load(Ordering::SeqCst), 0);
    }
}

#[tokio::test]
async fn a_token_goes_nowhere_that_a_redirect_names() {
    let (there, called) = listen(OK).await;
    for target in [
        format!("http://127.0.0.1:{there}/"),
        format!("http://localhost:{there}/"),
        format!("//127.0.0.1:{there}/"),
        "http://169.254.169.254/latest/meta-data/".to_owned(),
        "https://evil.invalid/".to_owned(),
        "/elsewhere".to_owned(),
        "file:///etc/passwd".to_owned(),
        "\\\\evil.invalid\\".to_owned(),
        String::new(),
    ] {
        for status in [300, 301, 302, 303, 304, 305, 307, 308, 399] {
            let head = format!(
                "HTTP/1.1 {status} X\r\nlocation: {target}\r\nrefresh: 0; url={target}\r\ncontent-length: 0\r\n\r\n"
            );
            let (port, asked) = listen(head.leak().as_bytes()).await;
            let client =
                OutboundClient::new(allowing(&["127.0.0.0/8"], &["localhost"]), None).expect("a client");
            let url = Url::parse(&format!("http://127.0.0.1:{port}/")).expect("an address");
            let mut request = OutboundRequest::get(url);
            request.authorization = Some("Bearer canary".to_owned().into());
            let answer = client.send(request).await;
            assert!(
                matches!(answer, Err(OutboundError::Redirect { .. })),
                "{status} {target}: {answer:?}"
            );
            assert_eq!(asked.load(Ordering::SeqCst), 1, "{status} {target}");
        }
    }
    assert_eq!(called.load(Ordering::SeqCst), 0);
}
