use super::{ParseTargetError, Target, TargetRange};

#[test]
fn what_parses_is_written_back() {
    let targets = "head heads base current abc abc-1 a_b-c head-1 heads-1 base+2 +1 -1 abc+3 +0 \
                   blog@head blog@heads blog@base blog@current blog@+1 blog@-1 blog@abc blog@abc+1 blog@abc-1 v1.0-2";
    for text in targets.split_whitespace() {
        let target: Target = text.parse().expect(text);
        assert_eq!(target.to_string(), text);
    }
    let same = |a: &str, b: &str| assert_eq!(a.parse::<Target>(), b.parse::<Target>());
    same("current+1", "+1");
    same("blog@current-2", "blog@-2");
    same("-0", "+0");
}

#[test]
fn constructors_are_what_their_text_is() {
    let check = |target: Target, text: &str| assert_eq!(Ok(target), text.parse());
    check(Target::head(), "head");
    check(Target::heads().on_branch("blog"), "blog@heads");
    check(Target::base(), "base");
    check(Target::current(), "current");
    check(Target::relative(-2), "-2");
    check(Target::revision("abc-1"), "abc-1");
}

#[test]
fn what_is_no_target_is_told_apart() {
    let check = |text: &str, expect: &str| {
        let error = text.parse::<Target>().expect_err(text);
        assert_eq!(format!("{error} | {}", error.helps().join(" | ")), expect);
    };
    let all =
        "a target is `head`, `heads`, `base`, an id or the start of one, a label, `+1`, `-1` or `label@...`";
    let blog = "`blog@head` is the head of the branch `blog`";
    check("", &format!("the target is empty | {all}"));
    check("+", &format!("`+` has no number of steps | {all}"));
    check("abc+x", &format!("`abc+x` has no number of steps | {all}"));
    check("-", &format!("`-` has no number of steps | {all}"));
    check("+1x", &format!("`+1x` goes on with `x` after its steps | {all}"));
    check("-1-1", &format!("`-1-1` goes on with `-1` after its steps | {all}"));
    check("+99999999999", &format!("`+99999999999` has more steps than any history | {all}"));
    check(" head", &format!("` head` has a character that no target has, ` ` | {all}"));
    check("a\u{7}b", &format!("`a\\u{{7}}b` has a character that no target has, `\\u{{7}}` | {all}"));
    check("@head", &format!("`@head` has nothing before the `@` | {blog}"));
    check("blog@", &format!("`blog@` has nothing after the `@` | {blog}"));
    check("a@b@c", &format!("`a@b@c` has more than one `@` | {blog}"));
    check("a:b", "`a:b` is a range where one target is wanted | ranges are for `history -r` and for `--sql`");
}

#[test]
fn ranges_may_be_open() {
    let check = |text: &str, start: Option<&str>, end: Option<&str>| {
        let parse = |end: &str| end.parse::<Target>().expect(end);
        let range: TargetRange = text.parse().expect(text);
        assert_eq!((&range.start, &range.end), (&start.map(parse), &end.map(parse)));
        assert_eq!(range.to_string(), text);
    };
    check("a:b", Some("a"), Some("b"));
    check(":b", None, Some("b"));
    check("a:", Some("a"), None);
    check(":", None, None);
    check("blog@base:+1", Some("blog@base"), Some("+1"));
    assert_eq!("a".parse::<TargetRange>(), Err(ParseTargetError::NotARange("a".to_owned())));
    assert_eq!("a:b:c".parse::<TargetRange>(), Err(ParseTargetError::SeveralColons("a:b:c".to_owned())));
    assert_eq!("a:+x".parse::<TargetRange>(), Err(ParseTargetError::MissingNumber("+x".to_owned())));
}
