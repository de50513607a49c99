//! Who takes part in a run, and where they talk.

use crate::client::{Api, Dice};
use crate::history::Fact;
use crate::record::Recorder;
use anyhow::{Context as _, Result};
use serde_json::{Value, json};
use std::collections::HashMap;
use std::sync::atomic::{AtomicU32, Ordering};

/// A password that is good enough.
pub const PASSWORD: &str = "six owls read quietly by lamplight";

/// VIEW_CHANNEL and SEND_MESSAGES.
pub const CLOSED: &str = "3072";

/// A signed-in client of somebody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Device {
    /// Its number in the history.
    pub proc: u32,
    /// Whose it is.
    pub user: u64,
    /// Its token.
    pub token: String,
}

/// A person.
#[derive(Debug, Clone)]
pub struct Person {
    /// Id.
    pub id: u64,
    /// Name.
    pub name: String,
    /// Devices, the first of which also sends.
    pub devices: Vec<Device>,
}

/// Two people who part and come together again.
#[derive(Debug, Clone)]
pub struct Couple {
    /// Who parts.
    pub one: Person,
    /// From whom.
    pub other: Person,
    /// Where they talk.
    pub channel: u64,
}

/// A guild of people who stay in it, with one who comes and goes.
#[derive(Debug, Clone)]
pub struct Club {
    /// The guild.
    pub guild: u64,
    /// Where they talk.
    pub channel: u64,
    /// Whose it is; stays.
    pub owner: Person,
    /// Who comes and goes.
    pub guest: Person,
    /// An invite without end.
    pub code: String,
    /// A role to which the channel is closed.
    pub role: u64,
}

/// How many.
#[derive(Debug, Clone, Copy)]
pub struct Size {
    /// People who stay friends; an even number.
    pub people: usize,
    /// Devices of each of them.
    pub devices: usize,
    /// Groups of six of them.
    pub groups: usize,
    /// Couples.
    pub couples: usize,
    /// Guilds of six friends and a guest.
    pub clubs: usize,
}

impl Default for Size {
    /// 52, 6 and 3 sessions.
    fn default() -> Self {
        Self { people: 26, devices: 2, groups: 4, couples: 3, clubs: 3 }
    }
}

/// Everybody.
#[derive(Debug, Default)]
pub struct People {
    /// Who stays friends.
    pub friends: Vec<Person>,
    /// Who does not.
    pub couples: Vec<Couple>,
    /// Guilds.
    pub clubs: Vec<Club>,
    /// Channels by who is in them.
    pub channels: HashMap<u64, Vec<u64>>,
    procs: AtomicU32,
}

impl People {
    /// Registers them, signs them in, and opens their channels.
    ///
    /// # Errors
    /// A node refuses, or none answers.
    pub async fn gather(api: &Api, recorder: &Recorder, dice: &Dice, size: Size) -> Result<Self> {
        let mut people = Self::default();
        // Names are for ever; a folder of engines may see several runs.
        let run = format!("{:08x}", dice.below(1 << 32));
        for number in 0..size.people {
            let person = people.join(api, recorder, &format!("f{run}{number}"), size.devices, true).await?;
            people.friends.push(person);
        }
        for pair in people.friends.clone().chunks_exact(2) {
            if let [one, other] = pair {
                befriend(api, one, other).await?;
                people.open(api, recorder, one, &[other], true).await?;
            }
        }
        for number in 0..size.groups {
            let members = people.six(number * 5);
            let Some((owner, others)) = members.split_first() else { continue };
            for guest in others {
                befriend(api, owner, guest).await?;
            }
            let guests: Vec<&Person> = others.iter().collect();
            people.open(api, recorder, owner, &guests, false).await?;
        }
        for number in 0..size.couples {
            let one = people.join(api, recorder, &format!("c{run}{number}a"), 1, true).await?;
            let other = people.join(api, recorder, &format!("c{run}{number}b"), 1, true).await?;
            befriend(api, &one, &other).await?;
            let channel = people.open(api, recorder, &one, &[&other], true).await?;
            people.couples.push(Couple { one, other, channel });
        }
        for number in 0..size.clubs {
            let guest = people.join(api, recorder, &format!("g{run}{number}"), 1, false).await?;
            let members = people.six(number * 7 + 1);
            people.found(api, recorder, &members, guest).await?;
        }
        Ok(people)
    }

    /// Up to six different friends.
    fn six(&self, from: usize) -> Vec<Person> {
        let mut six: Vec<Person> = Vec::new();
        for person in self.friends.iter().cycle().skip(from).step_by(3).take(6) {
            if six.iter().all(|other| other.id != person.id) {
                six.push(person.clone());
            }
        }
        six
    }

    /// The channels that this user is in.
    pub fn channels_of(&self, user: u64) -> Vec<u64> {
        let mut channels: Vec<u64> =
            self.channels.iter().filter(|(_, members)| members.contains(&user)).map(|(id, _)| *id).collect();
        channels.sort_unstable();
        channels
    }

    /// Everybody, couples included.
    pub fn everybody(&self) -> impl Iterator<Item = &Person> {
        let couples = self.couples.iter().flat_map(|couple| [&couple.one, &couple.other]);
        self.friends.iter().chain(couples).chain(self.clubs.iter().map(|club| &club.guest))
    }

    /// Signs somebody in once more.
    ///
    /// # Errors
    /// It is refused, or no node answers.
    pub async fn sign_in(
        &self,
        api: &Api,
        recorder: &Recorder,
        name: &str,
        user: u64,
        listens: bool,
    ) -> Result<Device> {
        let form = json!({ "login": name, "password": PASSWORD });
        let answer = api.insist("POST", "/auth/login", "", Some(&form)).await?;
        Ok(self.device(recorder, user, token(&answer)?, listens))
    }

    fn device(&self, recorder: &Recorder, user: u64, token: String, listens: bool) -> Device {
        let proc = self.procs.fetch_add(1, Ordering::Relaxed) + 1;
        recorder.fact(proc, Fact::Device { user, listens });
        Device { proc, user, token }
    }

    async fn join(
        &self,
        api: &Api,
        recorder: &Recorder,
        name: &str,
        devices: usize,
        listens: bool,
    ) -> Result<Person> {
        let form = json!({ "username": name, "password": PASSWORD, "consent": true });
        // A registration whose outcome is unknown may have taken the name: then there is a login.
        let answer = match api.insist("POST", "/auth/register", "", Some(&form)).await {
            Ok(answer) => answer,
            Err(_) => {
                let form = json!({ "login": name, "password": PASSWORD });
                api.insist("POST", "/auth/login", "", Some(&form)).await?
            }
        };
        let token = token(&answer)?;
        let me = api.insist("GET", "/users/@me", &token, None).await?;
        let id = crate::client::id(&me, "/id")?;
        let mut person =
            Person { id, name: name.to_owned(), devices: vec![self.device(recorder, id, token, listens)] };
        for _ in 1..devices {
            person.devices.push(self.sign_in(api, recorder, name, id, listens).await?);
        }
        Ok(person)
    }

    /// Makes a guild of these people, whose first is the owner, and of a guest who is not in it yet.
    async fn found(
        &mut self,
        api: &Api,
        recorder: &Recorder,
        members: &[Person],
        guest: Person,
    ) -> Result<()> {
        let owner = members.first().context("a guild without people")?;
        let token = first(owner)?;
        let answer = api.insist("POST", "/guilds", token, Some(&json!({ "name": "club" }))).await?;
        let guild = crate::client::id(&answer, "/id")?;
        // That somebody came is no message of theirs.
        let route = format!("/guilds/{guild}");
        api.insist("PATCH", &route, token, Some(&json!({ "system_channel_id": null }))).await?;
        let route = format!("/guilds/{guild}/channels");
        let answer = api.insist("POST", &route, token, Some(&json!({ "name": "talk", "type": 0 }))).await?;
        let channel = crate::client::id(&answer, "/id")?;
        let route = format!("/guilds/{guild}/roles");
        let answer = api.insist("POST", &route, token, Some(&json!({ "name": "out" }))).await?;
        let role = crate::client::id(&answer, "/id")?;
        let route = format!("/channels/{channel}/permissions/{role}");
        let closed = json!({ "type": 0, "allow": "0", "deny": CLOSED });
        api.insist("PUT", &route, token, Some(&closed)).await?;
        let route = format!("/channels/{channel}/invites");
        let endless = json!({ "max_age": 0, "max_uses": 0 });
        let answer = api.insist("POST", &route, token, Some(&endless)).await?;
        let code = answer.get("code").and_then(Value::as_str).context("no code")?.to_owned();
        for member in members.iter().skip(1) {
            api.insist("POST", &format!("/invites/{code}"), first(member)?, Some(&json!({}))).await?;
        }
        let ids: Vec<u64> = members.iter().map(|member| member.id).collect();
        recorder.fact(0, Fact::Channel { channel, members: ids.clone(), pair: false });
        recorder.fact(0, Fact::Guest { channel, user: guest.id });
        self.channels.insert(channel, ids);
        self.clubs.push(Club { guild, channel, owner: owner.clone(), guest, code, role });
        Ok(())
    }

    async fn open(
        &mut self,
        api: &Api,
        recorder: &Recorder,
        owner: &Person,
        guests: &[&Person],
        pair: bool,
    ) -> Result<u64> {
        let ids: Vec<String> = guests.iter().map(|guest| guest.id.to_string()).collect();
        let form = json!({ "recipients": ids });
        let answer = api.insist("POST", "/users/@me/channels", first(owner)?, Some(&form)).await?;
        let channel = crate::client::id(&answer, "/id")?;
        let members: Vec<u64> =
            std::iter::once(owner.id).chain(guests.iter().map(|guest| guest.id)).collect();
        recorder.fact(0, Fact::Channel { channel, members: members.clone(), pair });
        self.channels.insert(channel, members);
        Ok(channel)
    }
}

fn token(answer: &Value) -> Result<String> {
    Ok(answer.get("token").and_then(Value::as_str).context("no token")?.to_owned())
}

fn first(person: &Person) -> Result<&str> {
    Ok(&person.devices.first().context("a person without a device")?.token)
}

async fn befriend(api: &Api, one: &Person, other: &Person) -> Result<()> {
    for (from, to) in [(one, other), (other, one)] {
        let route = format!("/users/@me/relationships/{}", to.id);
        api.insist("PUT", &route, first(from)?, Some(&json!({}))).await?;
    }
    Ok(())
}
