using System.Globalization;
using SetupWizard.Core.Export;
using SetupWizard.Core.Model;
using SetupWizard.Core.Sql;
using SetupWizard.Localization;
using SetupWizard.Sessions;

namespace SetupWizard.Components.Steps;

/// <summary>A value that ClickPipes asks for.</summary>
/// <param name="Key">Which.</param>
/// <param name="Label">Its name.</param>
/// <param name="Value">The value; null where there is none to show: a password, or what nobody gave yet.</param>
/// <param name="Typed">Whether it is typed in ClickPipes, and not chosen from a list or switched.</param>
public sealed record FinishValue(string Key, string Label, string? Value, bool Typed = true);

/// <summary>What is typed and chosen in ClickPipes, in its order: for the page, the clipboard and the printed sheet alike.</summary>
public static class FinishValues
{
    /// <summary>Where ClickPipes is.</summary>
    public const string Console = "https://console.clickhouse.cloud";

    public const string Password = "Password";

    public const string IamRole = "IamRole";

    private static readonly string[] s_typed = ["TlsHost", "Destination", "Roles"];

    /// <summary>The values of a session that is connected. The password has none here: it is shown on request only.</summary>
    public static IReadOnlyList<FinishValue> Of(SessionState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        if (state is not { Endpoint: { } endpoint, Inspection: { } inspection, Goal: var goal })
        {
            return [];
        }

        List<FinishValue> values = [Named("Host", endpoint.ShownHost), Named("Port", Number(endpoint.Port)), Named("User", goal.User)];
        values.AddRange(goal.Authentication == LoginMethod.Iam
            ? [Named("Authentication", Ui.T("Finish.AuthenticationValue")), Named(IamRole, goal.IamRoleArn)]
            : [Named(Password, null)]);
        values.Add(Named("Database", endpoint.Database));
        if (goal.Network == NetworkPath.Ssh && endpoint.Ssh is { } ssh)
        {
            values.AddRange([Named("SshHost", ssh.Host), Named("SshPort", Number(ssh.Port)), Named("SshUser", ssh.User)]);
        }

        values.AddRange([Named("Method", Ui.T("Finish.MethodValue")), Named("Publication", goal.Publication)]);
        values.AddRange(PipeText.Rows(inspection, CultureInfo.CurrentUICulture).Select(static r => new FinishValue(r.Key, r.Label, r.Value, s_typed.Contains(r.Key))));
        return values;
    }

    /// <summary>All of them as lines to paste. What is not known, or not decided, is left out.</summary>
    /// <param name="state">The session.</param>
    /// <param name="password">The password as far as the session knows it.</param>
    public static string Lines(SessionState state, SecretString? password)
    {
        var known = Of(state)
            .Where(v => v.Key != "Nullable" || state.Goal.Pipe.AllowNullableColumns is not null)
            .Select(v => (v.Label, Value: v.Key == Password ? password?.Reveal() : v.Value))
            .Where(static v => v.Value is not null);
        return string.Concat(known.Select(static v => $"{v.Label}: {v.Value}\n"));
    }

    private static FinishValue Named(string key, string? value) => new(key, Ui.T("Finish." + key), value);

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);
}
