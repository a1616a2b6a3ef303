namespace SetupWizard.Core.Providers;

/// <summary>What a guide's code is written in.</summary>
public enum CodeLanguage
{
    /// <summary>Commands for bash.</summary>
    Shell,

    /// <summary>Commands for PowerShell 5.1 and later.</summary>
    PowerShell,

    /// <summary>Terraform's HCL.</summary>
    Terraform,

    /// <summary>An AWS CloudFormation template as YAML.</summary>
    CloudFormation,

    /// <summary>An Azure Bicep file.</summary>
    Bicep,
}

/// <summary>What follows from a language.</summary>
public static class CodeLanguages
{
    /// <summary>The end of a file's name, without the dot: <c>tf</c>.</summary>
    public static string Extension(this CodeLanguage language) => language switch
    {
        CodeLanguage.Shell => "sh",
        CodeLanguage.PowerShell => "ps1",
        CodeLanguage.Terraform => "tf",
        CodeLanguage.CloudFormation => "yaml",
        CodeLanguage.Bicep => "bicep",
        _ => throw new ArgumentOutOfRangeException(nameof(language), language, "There is no such language."),
    };

    /// <summary>The word after the fence of a Markdown block: <c>hcl</c>.</summary>
    public static string FenceWord(this CodeLanguage language) => language switch
    {
        CodeLanguage.Terraform => "hcl",
        CodeLanguage.Shell or CodeLanguage.PowerShell or CodeLanguage.CloudFormation or CodeLanguage.Bicep => language == CodeLanguage.PowerShell ? "powershell" : language.Extension(),
        _ => throw new ArgumentOutOfRangeException(nameof(language), language, "There is no such language."),
    };

    /// <summary>Its own name, a proper noun: the same in every language of the reader.</summary>
    public static string Name(this CodeLanguage language) => language == CodeLanguage.Shell ? "Bash" : language.ToString();

    /// <summary>What begins a comment that ends with its line.</summary>
    public static string Comment(this CodeLanguage language) => language == CodeLanguage.Bicep ? "//" : "#";
}
