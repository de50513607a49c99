//! Several nodes on one cluster that is well.

use crate::ground::{Heard, SOON, come, event, next, node, on_shared, until};
use ports::bus::Bus as _;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn events_of_each_publisher_arrive_in_order_on_every_interested_node() {
    let options = on_shared().await;
    let (a, b) = (node(&options).await, node(&options).await);
    come(&a, 1).await;
    come(&b, 2).await;
    let (mut at_a, mut at_b) = (a.subscribe(), b.subscribe());
    for number in 1..=500 {
        a.publish(event(&[1, 2], 1, number));
        b.publish(event(&[1, 2], 2, number));
    }
    for deliveries in [&mut at_a, &mut at_b] {
        let mut last = [0, 0];
        for _ in 0..1000 {
            let Heard::Number(publisher, number) = next(deliveries).await else { panic!("lost") };
            let place = &mut last[usize::try_from(publisher).unwrap() - 1];
            assert_eq!(number, *place + 1);
            *place = number;
        }
    }
    let _ = until;
    let _ = SOON;
}
