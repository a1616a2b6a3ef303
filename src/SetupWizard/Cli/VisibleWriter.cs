using System.Text;
using SetupWizard.Core.Text;

namespace SetupWizard.Cli;

/// <summary>What people are told beside the results. Whatever is in it (an exception's words, an argument as it was typed) cannot steer the terminal.</summary>
/// <param name="output">Where it goes.</param>
internal sealed class VisibleWriter(TextWriter output) : TextWriter(output.FormatProvider)
{
    public override Encoding Encoding => output.Encoding;

    public override void Write(char value) => output.Write(Shown(value.ToString()));

    public override void Write(string? value) => output.Write(Shown(value ?? ""));

    public override void Write(char[] buffer, int index, int count) => Write(new string(buffer, index, count));

    public override void Write(ReadOnlySpan<char> buffer) => Write(buffer.ToString());

    public override void WriteLine() => output.WriteLine();

    public override void WriteLine(string? value) => output.WriteLine(Shown(value ?? ""));

    public override Task WriteLineAsync(string? value) => output.WriteLineAsync(Shown(value ?? ""));

    public override void Flush() => output.Flush();

    public override Task FlushAsync() => output.FlushAsync();

    /// <summary>Our own line ends are the system's.</summary>
    private static string Shown(string text) => VisibleText.Lines(text.Replace(Environment.NewLine, "\n", StringComparison.Ordinal)).Replace("\n", Environment.NewLine, StringComparison.Ordinal);
}
