mod schema {
    migrate::table! {
        #[indx(author_id)]
        #[default("now()")]
        #[check(name = "posts_title")]
        posts (id) {
            id -> BigInt,
            #[references(users.id, on_delete = casade)]
            author_id -> BigInt,
            #[defualt("now()")]
            created_at -> Timestamp,
        }
    }
}

fn main() {
    let _ = schema::posts::author_id;
}
