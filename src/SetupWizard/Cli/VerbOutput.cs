using System.Text;
using Microsoft.Win32.SafeHandles;

namespace SetupWizard.Cli;

/// <summary>
/// What a verb writes to. That nobody reads any more, or that there is no room, ends no verb in the middle: an apply goes on to its end, and it is told afterwards. What
/// has no end of its own listens to <see cref="Gone"/>.
/// </summary>
internal sealed class VerbOutput(TextWriter inner) : TextWriter
{
    /// <summary>EPIPE, on Linux and macOS alike.</summary>
    private const int BrokenPipe = 32;

    private readonly CancellationTokenSource _gone = new();
    private bool _ended;

    /// <summary>Cancelled once output can no longer be written.</summary>
    public CancellationToken Gone => _gone.Token;

    /// <summary>Why something could not be written; null when it was, and when the reader just went away.</summary>
    public string? Failure { get; private set; }

    public override Encoding Encoding => inner.Encoding;

    public override void Write(char value) => Try(() => inner.Write(value));

    public override void Write(char[] buffer, int index, int count) => Try(() => inner.Write(buffer, index, count));

    public override void Write(string? value) => Try(() => inner.Write(value));

    public override void WriteLine(string? value) => Try(() => inner.WriteLine(value));

    public override Task WriteAsync(string? value)
    {
        Write(value);
        return Task.CompletedTask;
    }

    public override Task WriteLineAsync(string? value)
    {
        WriteLine(value);
        return Task.CompletedTask;
    }

    public override void Flush() => Try(inner.Flush);

    /// <summary>
    /// Standard output. The console's own writer says nothing of a reader that went away, so a pipe is written to as a file. A file is not: its place belongs to whoever
    /// opened it.
    /// </summary>
    public static TextWriter OfProcess()
    {
        if (OperatingSystem.IsWindows() || !Console.IsOutputRedirected)
        {
            return Console.Out;
        }

        try
        {
            var stream = new FileStream(new SafeFileHandle(1, ownsHandle: false), FileAccess.Write, bufferSize: 0);
            if (!stream.CanSeek)
            {
                return TextWriter.Synchronized(new StreamWriter(stream, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false)) { AutoFlush = true });
            }
        }
        catch (Exception e) when (e is IOException or ArgumentException or UnauthorizedAccessException)
        {
            // Closed, or nothing that can be written to: the console's writer swallows that.
        }

        return Console.Out;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _gone.Dispose();
        }

        base.Dispose(disposing);
    }

    private void Try(Action write)
    {
        if (_ended)
        {
            return;
        }

        try
        {
            write();
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException or UnauthorizedAccessException)
        {
            _ended = true;
            Failure = e is ObjectDisposedException or { HResult: BrokenPipe } ? null : e.Message;
            _gone.Cancel();
        }
    }
}
