"""From quotes to citations that are ready to paste, import or print."""
