using System.Text.RegularExpressions;

namespace SetupWizard.Core.Model;

/// <summary>
/// The name of an IAM role as AWS spells it: <c>arn:aws:iam::123456789012:role/clickpipes</c>.
/// See <see href="https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html"/>.
/// </summary>
public static partial class IamRoleArn
{
    /// <summary>Whether it is one: any partition, twelve digits, the role with its path.</summary>
    public static bool IsValid(string? arn) => arn is not null && Form().IsMatch(arn);

    /// <summary>The account in it, twelve digits; null when it is none.</summary>
    public static string? Account(string? arn) => arn is not null && Form().Match(arn) is { Success: true } match ? match.Groups["account"].Value : null;

    /// <summary>The partition in it (<c>aws</c>, <c>aws-cn</c>, <c>aws-us-gov</c>); null when it is none.</summary>
    public static string? Partition(string? arn) => arn is not null && Form().Match(arn) is { Success: true } match ? match.Groups["partition"].Value : null;

    /// <summary>The role's own name, without its path; null when it is none.</summary>
    public static string? RoleName(string? arn) => arn is not null && Form().Match(arn) is { Success: true } match ? match.Groups["name"].Value : null;

    [GeneratedRegex(@"\A(?=.{1,2048}\z)arn:(?<partition>aws|aws-cn|aws-us-gov):iam::(?<account>[0-9]{12}):role/([!-~]+/)?(?<name>[A-Za-z0-9+=,.@_-]{1,64})\z", RegexOptions.CultureInvariant)]
    private static partial Regex Form();
}
