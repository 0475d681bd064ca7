diesel::table! {
    users (id) {
        id -> BigInt,
        #[max_length = 20]
        name -> Nullable<Varchar>,
    }
}

diesel::table! {
    posts (id, author) {
        id -> BigInt,
        author -> BigInt,
    }
}
