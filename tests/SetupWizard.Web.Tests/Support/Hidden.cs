using SetupWizard.Core.Model;
using SetupWizard.Core.Sql;
using SetupWizard.Core.Text;

namespace SetupWizard.Web.Tests.Support;

/// <summary>A name with everything in it that nobody sees, and how people are shown it.</summary>
public static class Hidden
{
    public const string Name = "a\u202eb\u200bc\ufeffd\u001b[31me\u0007f\u007fg\u2028h\r\ni";
    public const string Shown = "a⟨U+202E⟩b⟨U+200B⟩c⟨U+FEFF⟩d⟨U+001B⟩[31me⟨U+0007⟩f⟨U+007F⟩g⟨U+2028⟩h⟨U+000D⟩⟨U+000A⟩i";

    public static readonly TableRef Table = new(Name, Name);

    public static IReadOnlyDictionary<string, object?> Arguments { get; } =
        new[] { "user", "publication", "schema", "database", "host", "role", "owner", "name", "message", "reason", "setting", "value", "address", "port", "shown" }
            .ToDictionary(n => n, object? (_) => Name).Append(new("table", Table)).Append(new("tables", Table.ToString())).Append(new("count", 2)).ToDictionary();

    public static ServerMessage Message { get; } = new("42501", "permission denied for table " + Name, "DETAIL " + Name, Name);

    public static Problem Problem { get; } = new("lock-timeout", Arguments, Message);

    public static SqlChange Change { get; } = new()
    {
        For = RequirementId.User,
        Kind = "create-user",
        Phase = ChangePhase.User,
        Statement = new SqlText($"GRANT SELECT ON {Table.Quoted} TO {PgIdentifier.Quote(Name)}"),
        Undo = new SqlText($"REVOKE SELECT ON {Table.Quoted} FROM {PgIdentifier.Quote(Name)}"),
        Arguments = Arguments,
    };

    public static Finding Finding { get; } = new()
    {
        Id = RequirementId.User,
        Area = Area.Access,
        State = FindingState.Blocking,
        Case = "missing",
        Actual = Name,
        Desired = Name,
        Subjects = [Subject.Of(Table), Subject.Of(new TableRef("public", Name))],
        Fixes = [Change, Change with { RunBy = Name }],
        Arguments = Arguments,
        Evidence = [new(Name, Name)],
        Server = Message,
    };

    /// <summary>Asserts that a person sees all there is.</summary>
    public static void IsNowhereIn(string text) =>
        Assert.DoesNotContain(text.EnumerateRunes(), r => r.Value != '\n' && VisibleText.IsHidden(r));
}
