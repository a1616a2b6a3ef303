using System.Net;
using System.Text;
using System.Text.Json;

namespace SetupWizard.E2E.Tests.Support;

/// <summary>Looks for a secret in text, however it may be spelled there.</summary>
public sealed class Canary(string name, string secret)
{
    private readonly string[] _spellings =
    [
        .. new[]
        {
            secret,
            WebUtility.HtmlEncode(secret),
            Uri.EscapeDataString(secret),
            WebUtility.UrlEncode(secret),
            JsonSerializer.Serialize(secret)[1..^1],
            secret.Replace("'", "''", StringComparison.Ordinal),
            Convert.ToBase64String(Encoding.UTF8.GetBytes(secret)),
            Convert.ToHexStringLower(Encoding.UTF8.GetBytes(secret)),
        }.Distinct(StringComparer.Ordinal),
    ];

    /// <summary>How often it is in the text.</summary>
    public int CountIn(string text) => _spellings.Max(s => text.Split(s).Length - 1);

    /// <summary>Fails when it is in the text.</summary>
    /// <param name="text">The text.</param>
    /// <param name="where">What the text is, for the message.</param>
    public void IsNotIn(string text, string where) => Assert.True(CountIn(text) == 0, $"The {name} is in {where}.");
}
