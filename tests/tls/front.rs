//! TLS in front of a collector that has none.

use std::net::SocketAddr;
use std::sync::{Arc, mpsc};

use rcgen::{CertifiedKey, generate_simple_self_signed};
use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};

/// It listens until the test is over.
#[derive(Debug)]
pub(crate) struct Front {
    pub(crate) address: SocketAddr,
    /// By which it is known, as PEM.
    pub(crate) certificate: String,
}

/// A certificate of this machine that nobody but itself has signed, as PEM and as the server has it, and its key.
pub(crate) fn identity() -> (String, ServerConfig) {
    let CertifiedKey { cert, signing_key } =
        generate_simple_self_signed(["127.0.0.1".to_owned()]).expect("an address is a name");
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(signing_key.serialize_der()));
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .and_then(|config| config.with_no_client_auth().with_single_cert(vec![cert.der().clone()], key));
    (cert.pem(), config.expect("the key is that of the certificate"))
}

impl Front {
    /// Passes on what comes to the collector at `to`, by the protocol of this name where it has to be agreed upon.
    pub(crate) fn start(to: SocketAddr, protocol: Option<&str>) -> Self {
        let (certificate, mut config) = identity();
        config.alpn_protocols = protocol.map(|name| name.as_bytes().to_vec()).into_iter().collect();
        let acceptor = TlsAcceptor::from(Arc::new(config));
        let (tell, told) = mpsc::channel();
        std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            runtime.expect("a runtime starts").block_on(async move {
                let listener = TcpListener::bind("127.0.0.1:0").await.expect("this machine has a port");
                tell.send(listener.local_addr().expect("it is bound")).expect("the test waits for it");
                while let Ok((stream, _)) = listener.accept().await {
                    let acceptor = acceptor.clone();
                    tokio::spawn(async move {
                        // Who does not trust the certificate hangs up.
                        let Ok(mut stream) = acceptor.accept(stream).await else { return };
                        let mut collector = TcpStream::connect(to).await.expect("it listens");
                        // Either of them hangs up in the end.
                        let _ = copy_bidirectional(&mut stream, &mut collector).await;
                    });
                }
            });
        });
        Self { address: told.recv().expect("it listens"), certificate }
    }
}
