using Microsoft.Extensions.Logging;
using SetupWizard.Core.Model;

namespace SetupWizard.Core.Requirements;

/// <summary>Runs every rule. Nothing short-circuits; a rule that throws becomes an unknown verdict, never a missing one.</summary>
internal static class RequirementEvaluator
{
    public static IReadOnlyList<Finding> Evaluate(IReadOnlyList<IRequirement> rules, RequirementContext context, ILogger logger)
    {
        var findings = new List<Finding>();
        foreach (var rule in rules)
        {
            try
            {
                findings.AddRange(context.Judge(rule));
            }
            catch (Exception e) when (e is not OutOfMemoryException)
            {
                Log.RuleFailed(logger, rule.Id.Code, e);
                findings.Add(new Finding { Id = rule.Id, Area = rule.Area, State = FindingState.Unknown, Case = "rule-failed" });
            }
        }

        return findings;
    }
}
