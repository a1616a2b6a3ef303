using System.Text.Json;
using Microsoft.Playwright;

namespace SetupWizard.Benchmarks.Web;

/// <summary>What a page fetches, in bytes as they came over the wire: compressed, headers included. What goes through the circuit's socket is not in it.</summary>
internal sealed class Traffic
{
    /// <summary>The kinds, in the order of the report.</summary>
    public static readonly IReadOnlyList<string> Kinds = ["css", "js", "fonts", "html", "other"];

    private readonly Lock _lock = new();
    private readonly Dictionary<string, string> _open = new(StringComparer.Ordinal);
    private readonly Dictionary<string, long> _bytes = Kinds.ToDictionary(static k => k, static _ => 0L, StringComparer.Ordinal);
    private TaskCompletionSource? _settled;

    /// <summary>Listens to a session of the browser's own protocol, which has to be told <c>Network.enable</c> afterwards.</summary>
    public Traffic(ICDPSession session)
    {
        On("Network.requestWillBeSent", Sent);
        On("Network.responseReceived", Received);
        On("Network.loadingFinished", Finished);
        On("Network.loadingFailed", fact => Close(IdOf(fact)));

        void On(string happened, Action<JsonElement> take) => session.Event(happened).OnEvent += (_, fact) =>
        {
            lock (_lock)
            {
                take(fact!.Value);
            }
        };
    }

    /// <summary>Everything.</summary>
    public long All => Of([.. Kinds]);

    /// <summary>The bytes of some kinds together.</summary>
    public long Of(params string[] kinds)
    {
        lock (_lock)
        {
            return kinds.Sum(k => _bytes[k]);
        }
    }

    /// <summary>Waits until nothing that was asked for is still on its way.</summary>
    public Task SettledAsync()
    {
        lock (_lock)
        {
            _settled = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            Tell();
            return _settled.Task;
        }
    }

    private static string IdOf(JsonElement fact) => fact.GetProperty("requestId").GetString()!;

    private static string KindOf(string mime) => mime switch
    {
        "text/css" => "css",
        "text/html" => "html",
        _ when mime.EndsWith("javascript", StringComparison.Ordinal) => "js",
        _ when mime.Contains("font", StringComparison.Ordinal) => "fonts",
        _ => "other",
    };

    private void Sent(JsonElement fact)
    {
        // What is written into a style sheet is in the style sheet.
        if (fact.GetProperty("request").GetProperty("url").GetString()!.StartsWith("data:", StringComparison.Ordinal))
        {
            return;
        }

        _open[IdOf(fact)] = "other";
        if (fact.TryGetProperty("redirectResponse", out var redirect))
        {
            _bytes["html"] += Bytes(redirect);
        }
    }

    private void Received(JsonElement fact)
    {
        if (_open.ContainsKey(IdOf(fact)))
        {
            _open[IdOf(fact)] = KindOf(fact.GetProperty("response").GetProperty("mimeType").GetString()!);
        }
    }

    private void Finished(JsonElement fact)
    {
        if (_open.TryGetValue(IdOf(fact), out var kind))
        {
            _bytes[kind] += Bytes(fact);
            Close(IdOf(fact));
        }
    }

    private void Close(string id)
    {
        _open.Remove(id);
        Tell();
    }

    private void Tell()
    {
        if (_open.Count == 0)
        {
            _settled?.TrySetResult();
        }
    }

    private static long Bytes(JsonElement fact) => (long)fact.GetProperty("encodedDataLength").GetDouble();
}
