using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Threading.Channels;

namespace SetupWizard.E2E.Tests.Support;

/// <summary>The wizard as users run it: the built program in a process of its own, with its own data directory.</summary>
public sealed class AppProcess : IAsyncDisposable
{
    private readonly Process _process;
    private readonly HttpClient _client;
    private readonly Channel<string> _urls = Channel.CreateUnbounded<string>();
    private readonly ConcurrentQueue<string> _output = new();
    private readonly SemaphoreSlim _one = new(1, 1);
    private readonly bool _keepsData;
    private bool _printedUsed;

    private AppProcess(Process process, string dataDirectory, bool keepsData)
    {
        _process = process;
        DataDirectory = dataDirectory;
        _keepsData = keepsData;
        _client = new HttpClient();
        _client.DefaultRequestHeaders.Accept.ParseAdd("text/html");
        process.OutputDataReceived += (_, line) => Take(line.Data, isOutput: true);
        process.ErrorDataReceived += (_, line) => Take(line.Data, isOutput: false);
    }

    /// <summary>Where its logs and its audit are.</summary>
    public string DataDirectory { get; }

    /// <summary>Its address, without a token.</summary>
    public string Address { get; private set; } = "";

    /// <summary>Everything it printed so far.</summary>
    public string Output => string.Join('\n', _output);

    /// <summary>Starts the wizard.</summary>
    /// <param name="dataDirectory">Its data, which stays when it ends; null for a directory of its own that does not.</param>
    /// <param name="port">Its port; 0 for a free one.</param>
    /// <param name="requireToken">Whether a browser needs the printed address.</param>
    /// <param name="program">What is started, just as its users start it; null for the program beside the tests, made to start fast.</param>
    /// <param name="development">Whether it has what is there for developers alone.</param>
    public static async Task<AppProcess> StartAsync(string? dataDirectory = null, int port = 0, bool requireToken = true, string? program = null, bool development = false)
    {
        var data = dataDirectory ?? Directory.CreateTempSubdirectory("setupwizard-e2e-").FullName;
        var start = new ProcessStartInfo(Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet")
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
            WorkingDirectory = data,
        };
        start.ArgumentList.Add(program ?? Path.Combine(AppContext.BaseDirectory, "SetupWizard.dll"));
        start.Environment["Wizard__Port"] = port.ToString(CultureInfo.InvariantCulture);
        start.Environment["Wizard__RequireToken"] = requireToken.ToString();
        start.Environment["ASPNETCORE_ENVIRONMENT"] = development ? "Development" : "Production";
        if (program is null)
        {
            // A process of minutes does not live to see what the compiler's own measuring would gain.
            start.Environment["DOTNET_TieredPGO"] = "0";
        }

        start.Environment["Wizard__DataDirectory"] = data;
        var app = new AppProcess(Process.Start(start)!, data, dataDirectory is not null);
        app._process.BeginOutputReadLine();
        app._process.BeginErrorReadLine();
        using var patience = new CancellationTokenSource(Visitor.Patience);
        try
        {
            var first = await app._urls.Reader.ReadAsync(patience.Token);
            app._urls.Writer.TryWrite(first);
            app.Address = new Uri(first).GetLeftPart(UriPartial.Authority);
            return app;
        }
        catch (Exception problem) when (problem is OperationCanceledException or ChannelClosedException)
        {
            await app.DisposeAsync();
            throw new InvalidOperationException("The wizard printed no address. It said:\n" + app.Output, problem);
        }
    }

    /// <summary>An address that lets one browser in: the printed one first, and then what the terminal prints for a stranger at the door.</summary>
    public async Task<string> EntryUrlAsync()
    {
        await _one.WaitAsync();
        try
        {
            if (_printedUsed)
            {
                using var refused = await _client.GetAsync(new Uri(Address));
                Assert.Equal(System.Net.HttpStatusCode.Unauthorized, refused.StatusCode);
            }

            _printedUsed = true;
            using var patience = new CancellationTokenSource(Visitor.Patience);
            return await _urls.Reader.ReadAsync(patience.Token);
        }
        finally
        {
            _one.Release();
        }
    }

    /// <summary>Every file of its data directory, with its text. One that goes away while it is read was a temporary name: then all are read again.</summary>
    public async Task<IReadOnlyList<(string Path, string Text)>> FilesAsync()
    {
        while (true)
        {
            try
            {
                var files = new List<(string, string)>();
                foreach (var path in Directory.EnumerateFiles(DataDirectory, "*", SearchOption.AllDirectories))
                {
                    files.Add((Path.GetRelativePath(DataDirectory, path), await ReadAsync(path)));
                }

                return files;
            }
            catch (FileNotFoundException)
            {
                // A draft takes its own name only once it is whole.
            }
        }
    }

    /// <summary>The text of a file that is still written to.</summary>
    public static async Task<string> ReadAsync(string path)
    {
        await using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        using var reader = new StreamReader(file);
        return await reader.ReadToEndAsync();
    }

    /// <summary>An orderly end, as Ctrl+C (INT) or Docker (TERM) asks for it: sandboxes are removed.</summary>
    /// <returns>How long it took.</returns>
    public async Task<TimeSpan> EndAsync(string signal)
    {
        using var send = Process.Start("sh", ["-c", $"kill -{signal} {_process.Id}"]);
        var began = Stopwatch.GetTimestamp();
        using var patience = new CancellationTokenSource(Visitor.Patience);
        await _process.WaitForExitAsync(patience.Token);
        return Stopwatch.GetElapsedTime(began);
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            try
            {
                await EndAsync("TERM");
            }
            catch (OperationCanceledException)
            {
                _process.Kill(entireProcessTree: true);
            }
        }

        _process.Dispose();
        _client.Dispose();
        _one.Dispose();
        if (!_keepsData)
        {
            Directory.Delete(DataDirectory, recursive: true);
        }
    }

    private void Take(string? line, bool isOutput)
    {
        if (line is null)
        {
            if (isOutput)
            {
                _urls.Writer.TryComplete();
            }

            return;
        }

        _output.Enqueue(line);
        if (isOutput && line.TrimStart().StartsWith("http", StringComparison.Ordinal))
        {
            _urls.Writer.TryWrite(line.Trim());
        }
    }
}
