using System.Diagnostics;
using System.Globalization;
using System.Reflection;

namespace SetupWizard.Sandbox;

/// <summary>
/// The server as a child of a small shell that ends it, and removes its directory, when our end of the shell's input closes:
/// nothing is left behind even when this process is killed.
/// </summary>
internal sealed class ServerProcess : IAsyncDisposable
{
    private static readonly TimeSpan s_goodbye = TimeSpan.FromSeconds(15);

    private readonly Process _keeper;
    private readonly Task _answers;
    private readonly TimeProvider _time;
    private TaskCompletionSource<int> _started = NewSignal();
    private TaskCompletionSource<int> _exited = NewSignal();

    private ServerProcess(Process keeper, TimeProvider time)
    {
        _keeper = keeper;
        _time = time;
        _exited.SetResult(0);
        _answers = ReadAnswersAsync();
    }

    /// <summary>Whether the server is running, as far as its keeper has told.</summary>
    public bool Running => !_exited.Task.IsCompleted;

    /// <summary>Ends when the server does, with its exit code.</summary>
    public Task<int> Exited => _exited.Task;

    /// <summary>The process id of the server that was started last.</summary>
    public int ProcessId { get; private set; }

    /// <summary>Starts the keeper; the server itself is not started yet.</summary>
    public static ServerProcess Keep(ServerUser user, string directory, string log, IEnumerable<string> serverCommand, TimeProvider time)
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream("keeper.sh")!;
        using var reader = new StreamReader(stream);
        var start = user.Command("/bin/sh", ["-c", reader.ReadToEnd(), "keeper", directory, log, .. serverCommand]);
        start.RedirectStandardInput = true;
        start.RedirectStandardOutput = true;
        return new ServerProcess(Process.Start(start)!, time);
    }

    /// <summary>Starts the server; it is not ready for connections yet.</summary>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        if (Running)
        {
            throw new InvalidOperationException("The server is running.");
        }

        _started = NewSignal();
        _exited = NewSignal();
        await SayAsync("start").ConfigureAwait(false);
        ProcessId = await _started.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Sends a signal by its name without "SIG" and waits until the server is gone.</summary>
    /// <returns>Whether it was gone within the limit.</returns>
    public async Task<bool> EndAsync(string signal, TimeSpan limit, CancellationToken cancellationToken)
    {
        if (Running)
        {
            await SayAsync(signal).ConfigureAwait(false);
        }

        try
        {
            await Exited.WaitAsync(limit, _time, cancellationToken).ConfigureAwait(false);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    /// <summary>Ends the server at once; its directory goes with it.</summary>
    public async ValueTask DisposeAsync()
    {
        using (_keeper)
        {
            try
            {
                _keeper.StandardInput.Close();
            }
            catch (IOException)
            {
                // The keeper is gone already.
            }

            try
            {
                await _keeper.WaitForExitAsync().WaitAsync(s_goodbye, _time).ConfigureAwait(false);
            }
            catch (TimeoutException)
            {
                _keeper.Kill(entireProcessTree: true);
            }

            await _answers.ConfigureAwait(false);
        }
    }

    private static TaskCompletionSource<int> NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private async Task SayAsync(string word)
    {
        await _keeper.StandardInput.WriteAsync(word + "\n").ConfigureAwait(false);
        await _keeper.StandardInput.FlushAsync().ConfigureAwait(false);
    }

    private async Task ReadAnswersAsync()
    {
        while (await _keeper.StandardOutput.ReadLineAsync().ConfigureAwait(false) is { } line)
        {
            var space = line.IndexOf(' ', StringComparison.Ordinal);
            if (space > 0 && int.TryParse(line.AsSpan(space + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            {
                (line[..space] == "started" ? _started : _exited).TrySetResult(number);
            }
        }

        // The keeper itself is gone, and with it, by its last words, the server.
        _started.TrySetException(new SandboxException("The process that keeps the sandbox's server ended unexpectedly."));
        _exited.TrySetResult(-1);
    }
}
