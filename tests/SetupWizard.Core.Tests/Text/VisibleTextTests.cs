using System.Globalization;
using System.Text;
using System.Text.Json;
using SetupWizard.Core.Model;
using SetupWizard.Core.Text;

namespace SetupWizard.Core.Tests.Text;

public sealed class VisibleTextTests
{
    private static readonly JsonSerializerOptions s_json = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping, WriteIndented = true, NewLine = "\n" };

    public static TheoryData<string> Ordinary =>
    [
        "", "orders", "Weird ${name} %{if} 'q' \\ | `b` 주문📦", "고객's", "\u1100\u1161\u11a8", "e\u0301", "שלום", "مرحبا", "नमस्ते", "日本　東京", "a\u00a0b", "⟨x⟩", "\ufffd",

        // Emoji of several characters: a family, a flag, a skin colour, a keycap, arrows that are one emoji, a heart with its selector.
        "👨\u200d👩\u200d👧", "🇰🇷", "👋🏽", "1\ufe0f\u20e3", "🙂\u200d\u2194\ufe0f", "❤\ufe0f", "❤\ufe0f\u200d🔥", "👩🏽\u200d🚀", "🏳\ufe0f\u200d🌈",
    ];

    public static TheoryData<string, string> Hidden => new()
    {
        { "a\u202eb", "a⟨U+202E⟩b" },
        { "\u200b", "⟨U+200B⟩" },
        { "\ufefforders", "⟨U+FEFF⟩orders" },
        { "\u001b[31m", "⟨U+001B⟩[31m" },
        { "\a\u007f\0\u0085\u009b", "⟨U+0007⟩⟨U+007F⟩⟨U+0000⟩⟨U+0085⟩⟨U+009B⟩" },
        { "a\u2028b\u2029", "a⟨U+2028⟩b⟨U+2029⟩" },
        { "a\r\nb\tc", "a⟨U+000D⟩⟨U+000A⟩b⟨U+0009⟩c" },
        { "\u061c\u200e\u2066x\u2069", "⟨U+061C⟩⟨U+200E⟩⟨U+2066⟩x⟨U+2069⟩" },
        { "so\u00adft", "so⟨U+00AD⟩ft" },

        // What is written as a letter and drawn as nothing.
        { "주\u3164문", "주⟨U+3164⟩문" },
        { "\u115f\u1160\uffa0", "⟨U+115F⟩⟨U+1160⟩⟨U+FFA0⟩" },
        { "a\ufe0fb\u034f\u180e", "a⟨U+FE0F⟩b⟨U+034F⟩⟨U+180E⟩" },

        // Private, unassigned, and beyond the first plane.
        { "\ue000", "⟨U+E000⟩" },
        { "\U000e0041", "⟨U+E0041⟩" },
        { "\U000e0101", "⟨U+E0101⟩" },

        // A joiner that joins no emoji.
        { "ad\u200dmin", "ad⟨U+200D⟩min" },
        { "👨\u200dx", "👨⟨U+200D⟩x" },
        { "\u200d👨\u200d", "⟨U+200D⟩👨⟨U+200D⟩" },
        { "👨\u200d\u200d👩", "👨⟨U+200D⟩⟨U+200D⟩👩" },

        // Bytes that are no characters have a notation of their own.
        { "caf" + char.ConvertFromUtf32(0x10ffe9), "caf\\xE9" },
    };

    [Theory]
    [MemberData(nameof(Ordinary))]
    public void Ordinary_text_stays_as_it_is(string text)
    {
        Assert.Equal(text, VisibleText.Of(text));
        Assert.Equal(text, VisibleText.Lines(text));
        Assert.Equal(text, VisibleText.Sql(text));
    }

    [Theory]
    [MemberData(nameof(Hidden))]
    public void What_is_hidden_is_shown_by_its_code_point(string text, string shown)
    {
        Assert.Equal(shown, VisibleText.Of(text));
        Assert.Equal(shown, VisibleText.Of(VisibleText.Of(text)));
    }

    [Fact]
    public void Every_character_is_drawn_or_marked()
    {
        for (var value = 0; value <= 0x10ffff; value++)
        {
            if (!Rune.IsValid(value))
            {
                continue;
            }

            var category = Rune.GetUnicodeCategory(new Rune(value));
            var shown = VisibleText.Of(char.ConvertFromUtf32(value));
            Assert.DoesNotContain(shown.EnumerateRunes(), VisibleText.IsHidden);
            if (category is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator)
            {
                Assert.Equal($"⟨U+{value:X4}⟩", shown);
            }
        }
    }

    [Fact]
    public void Half_a_character_does_no_harm() => Assert.Equal("a\ufffdb", VisibleText.Of("a\ud83db\u200b")[..3]);

    [Fact]
    public void Lines_keep_their_line_feeds_and_nothing_else() => Assert.Equal("a\nb⟨U+000D⟩\nc⟨U+0009⟩⟨U+202E⟩", VisibleText.Lines("a\nb\r\nc\t\u202e"));

    [Theory]
    [InlineData("SELECT 1;\nSELECT 2;", "SELECT 1;\nSELECT 2;")]
    [InlineData("GRANT SELECT ON \"a\nb\" TO u;\nSELECT 1", "GRANT SELECT ON \"a⟨U+000A⟩b\" TO u;\nSELECT 1")]
    [InlineData("SELECT 'it''s\nso',\n1", "SELECT 'it''s⟨U+000A⟩so',\n1")]
    [InlineData("SELECT \"a\"\"\n;\nDROP TABLE t; --\"\n", "SELECT \"a\"\"⟨U+000A⟩;⟨U+000A⟩DROP TABLE t; --\"\n")]
    [InlineData("-- the user's\nSELECT 1;\n", "-- the user's\nSELECT 1;\n")]
    [InlineData("SELECT 1 - 1,\n'-- no comment\n'", "SELECT 1 - 1,\n'-- no comment⟨U+000A⟩'")]
    [InlineData("\"📦\u202e\n\",\n\"\n\"", "\"📦⟨U+202E⟩⟨U+000A⟩\",\n\"⟨U+000A⟩\"")]
    public void Line_end_in_a_name_is_no_line_of_the_statement(string sql, string shown) => Assert.Equal(shown, VisibleText.Sql(sql));

    [Theory]
    [MemberData(nameof(Hidden))]
    public void Json_is_the_same_data_with_nothing_hidden(string text, string shown)
    {
        var written = JsonSerializer.Serialize(new[] { text, "주문📦", shown }, s_json);
        var json = VisibleText.Json(written);

        Assert.DoesNotContain(json.EnumerateRunes(), r => r.Value != '\n' && VisibleText.IsHidden(r));
        Assert.Equal([text, "주문📦", shown], JsonSerializer.Deserialize<string[]>(json)!);
    }

    [Fact]
    public void Sentences_show_what_is_hidden_in_their_values_and_what_is_typed_is_exact()
    {
        var values = new Dictionary<string, object?>(StringComparer.Ordinal) { ["user"] = "a\u202e\nb", ["table"] = new TableRef("public", "o\u200b") };

        Assert.Equal("Create a⟨U+202E⟩⟨U+000A⟩b,\npublic.\"o⟨U+200B⟩\"", Messages.Fill("Create {user},\n{table}", values, CultureInfo.InvariantCulture));
        Assert.Equal("a\u202e\nb", Messages.FillExactly("{user}", values));
    }

    [Fact]
    public void Resources_have_nothing_hidden_in_them()
    {
        foreach (var culture in new[] { "en", "ko" })
        {
            foreach (var source in new[] { "Findings", "Changes", "Problems", "Proofs", "Guides", "Code", "Connecting", "Reports", "Watching" })
            {
                var set = new System.Resources.ResourceManager("SetupWizard.Core.Text." + source, typeof(Messages).Assembly).GetResourceSet(CultureInfo.GetCultureInfo(culture), true, true)!;
                foreach (System.Collections.DictionaryEntry entry in set)
                {
                    Assert.Equal(VisibleText.Lines((string)entry.Value!), (string)entry.Value!);
                }
            }
        }
    }
}
