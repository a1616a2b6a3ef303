using System.Diagnostics;
using SetupWizard.E2E.Tests.Support;

namespace SetupWizard.Benchmarks.Web;

/// <summary>What Microsoft's template for Blazor makes with interaction by the server, published and running: the least that such a page takes.</summary>
internal sealed class BlazorTemplate : IAsyncDisposable
{
    private const string Name = "Bare";

    private readonly string _directory;
    private readonly Process _process;
    private readonly TaskCompletionSource<string> _listening = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private BlazorTemplate(string directory, Process process)
    {
        _directory = directory;
        _process = process;
        process.OutputDataReceived += (_, line) => Take(line.Data);
        process.BeginOutputReadLine();
    }

    /// <summary>Its address.</summary>
    public string Address { get; private set; } = "";

    /// <summary>Makes it, publishes it and starts it.</summary>
    public static async Task<BlazorTemplate> StartAsync(CancellationToken cancellationToken)
    {
        var directory = Directory.CreateTempSubdirectory("setupwizard-bench-").FullName;
        try
        {
            var published = Path.Combine(directory, "published");
            await RunAsync(directory, ["new", "blazor", "--interactivity", "Server", "--all-interactive", "--no-https", "--no-restore", "--name", Name, "--output", "."], cancellationToken);
            await RunAsync(directory, ["publish", "--configuration", "Release", "--nologo", "--verbosity", "quiet", "--output", published], cancellationToken);
            var start = Dotnet(published, [Name + ".dll", "--urls", "http://127.0.0.1:0"]);
            start.Environment["ASPNETCORE_ENVIRONMENT"] = "Production";
            var template = new BlazorTemplate(directory, Process.Start(start)!);
            try
            {
                template.Address = await template._listening.Task.WaitAsync(Visitor.Patience, cancellationToken);
                return template;
            }
            catch
            {
                await template.DisposeAsync();
                throw;
            }
        }
        catch when (Directory.Exists(directory))
        {
            Directory.Delete(directory, recursive: true);
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync();
        }

        _process.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    private static ProcessStartInfo Dotnet(string directory, string[] arguments) => new(Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet", arguments)
    {
        RedirectStandardOutput = true,
        WorkingDirectory = directory,
    };

    private static async Task RunAsync(string directory, string[] arguments, CancellationToken cancellationToken)
    {
        using var process = Process.Start(Dotnet(directory, arguments))!;
        string output;
        try
        {
            output = await process.StandardOutput.ReadToEndAsync(cancellationToken);
            await process.WaitForExitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            // Whoever cancels removes what it was writing.
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync(CancellationToken.None);
            throw;
        }

        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException($"dotnet {arguments[0]} failed: {output}");
        }
    }

    private void Take(string? line)
    {
        const string mark = "Now listening on: ";
        if (line is null)
        {
            _listening.TrySetException(new InvalidOperationException("The template did not start."));
        }
        else if (line.IndexOf(mark, StringComparison.Ordinal) is >= 0 and var at)
        {
            _listening.TrySetResult(line[(at + mark.Length)..].Trim());
        }
    }
}
