using System.Globalization;
using System.Net;
using Microsoft.Extensions.Options;

namespace SetupWizard.Configuration;

/// <summary>Finds everything wrong with the options at once, each naming its key.</summary>
public sealed class ValidateWizardOptions : IValidateOptions<WizardOptions>
{
    public ValidateOptionsResult Validate(string? name, WizardOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var problems = new List<string>();
        if (options.Host != "localhost" && !IPAddress.TryParse(options.Host, out _))
        {
            problems.Add(Problem(nameof(options.Host), $"'{options.Host}' is not an IP address or 'localhost'"));
        }

        if (options.Port is < 0 or > 65535)
        {
            problems.Add(Problem(nameof(options.Port), string.Create(CultureInfo.InvariantCulture, $"{options.Port} is not between 0 and 65535")));
        }

        if (options.PublicUrl.Length > 0 && options.PublicAddress is not { Scheme: "http" or "https", PathAndQuery: "/", Fragment: "", UserInfo: "" })
        {
            problems.Add(Problem(nameof(options.PublicUrl), $"'{options.PublicUrl}' is not an http or https address of a host, without a path"));
        }

        if (string.IsNullOrWhiteSpace(options.DataDirectory))
        {
            problems.Add(Problem(nameof(options.DataDirectory), "must not be empty"));
        }

        if (options.IdleExpiry < TimeSpan.FromMinutes(1) || options.IdleExpiry > TimeSpan.FromHours(24))
        {
            problems.Add(Problem(nameof(options.IdleExpiry), $"{options.IdleExpiry} is not between 00:01:00 and 1.00:00:00"));
        }

        if (!Uri.TryCreate(options.AddressList, UriKind.Absolute, out var list) || (list.Scheme != Uri.UriSchemeHttps && list.Scheme != Uri.UriSchemeHttp))
        {
            problems.Add(Problem(nameof(options.AddressList), $"'{options.AddressList}' is not an http or https address"));
        }

        return problems.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(problems);
    }

    private static string Problem(string key, string text) => $"{WizardOptions.Section}:{key}: {text}.";
}
